from _run import start

start(snakemake)

from importlib import import_module

from figures.save import save_figure

files, made, params = snakemake.input, snakemake.output, snakemake.params
module, _, name = params.draws.rpartition(".")
draw = getattr(import_module(f"figures.{module}"), name)
if "film" in made.keys():  # noqa: SIM118 (a Namedlist iterates over its values)
    draw(made.film, files, params, snakemake.wildcards)
else:
    figure, table = draw(files, params, snakemake.wildcards)
    save_figure(figure, made.svg, made.png, made.csv, table, params.png_dpi)
