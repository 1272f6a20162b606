from pathlib import Path

from _run import start

start(snakemake)

from masks.alpha import AlphaJob
from masks.settings import ALPHA_METHODS
from models.checkpoint import load_member, require_neurons
from models.data import open_mice
from models.device import choose_device
from models.frozen import freeze

mouse, device, params = snakemake.wildcards.mouse, choose_device(), snakemake.params
data = open_mice([mouse], [snakemake.input.recording], snakemake.input.sets)[mouse]
encoders = tuple(freeze(load_member(path, device)[0]) for path in snakemake.input.members)
for path, encoder in zip(snakemake.input.members, encoders, strict=True):
    require_neurons(path, encoder, mouse, data.recording.num_neurons)
settings = ALPHA_METHODS[params.method](**params.settings)
output, checkpoint_s = Path(snakemake.output.alpha), snakemake.resources.checkpoint_s
AlphaJob(encoders, mouse, data, settings, output, params.code, checkpoint_s, device).run()
