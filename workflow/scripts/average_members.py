from _run import start

start(snakemake)

from reconstruct.ensemble import write_ensemble
from reconstruct.settings import SmoothingSettings

settings = SmoothingSettings(**snakemake.params.settings)
write_ensemble(snakemake.output.movies, snakemake.input.movies, settings)
