from _run import start

start(snakemake)

from importlib import import_module

params = snakemake.params
module, _, name = params.draws.rpartition(".")
write = getattr(import_module(f"figures.{module}"), name)
write(snakemake.output.film, snakemake.input, params, snakemake.wildcards)
