from _run import start

start(snakemake)

from importlib import import_module

from figures.save import save_figure

made, params = snakemake.output, snakemake.params
module, _, name = params.draws.rpartition(".")
make = getattr(import_module(f"figures.{module}"), name)
figure, table = make(snakemake.input, params, snakemake.wildcards)
save_figure(figure, made.svg, made.png, made.csv, table, params.png_dpi)
