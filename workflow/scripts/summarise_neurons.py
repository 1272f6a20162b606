from pathlib import Path

from _run import start

start(snakemake)

from recordings.catalogue.scan import read_scan
from recordings.catalogue.statistics import select_measured, summarise_neurons
from recordings.files import replace_when_done
from recordings.reader import Recording

measured = select_measured(read_scan(snakemake.input.scan).trials)
recording = Recording(Path(snakemake.input.recording))
table = summarise_neurons(recording, measured, snakemake.threads)
with replace_when_done(snakemake.output.neurons) as path:
    table.to_parquet(path, index=False)
