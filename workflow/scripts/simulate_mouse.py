from pathlib import Path

from _run import start

start(snakemake)

from recordings.files import write_digest
from recordings.settings import SimulationSettings
from recordings.simulate.mouse import simulate_mouse

simulate_mouse(
    SimulationSettings(**snakemake.params.settings),
    snakemake.params.mouse_index,
    Path(snakemake.output.recording),
    Path(snakemake.output.truth),
)
write_digest(snakemake.output.digest, snakemake.output.recording)
