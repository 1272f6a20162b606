from pathlib import Path

from _run import start

start(snakemake)

from masks.alpha import fit_alpha
from masks.settings import AlphaSettings
from models.checkpoint import load_member
from models.data import open_mice
from models.device import choose_device

mouse, device = snakemake.wildcards.mouse, choose_device()
data = open_mice([mouse], [snakemake.input.recording], snakemake.input.sets)[mouse]
encoder, _ = load_member(snakemake.input.member, device)
settings = AlphaSettings(**snakemake.params.settings)
output, checkpoint_s = Path(snakemake.output.alpha), snakemake.resources.checkpoint_s
fit_alpha(encoder, mouse, data, settings, output, snakemake.params.code, checkpoint_s, device)
