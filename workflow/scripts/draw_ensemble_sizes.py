from _run import start

start(snakemake)

from figures.curves import figure_ensemble_sizes
from figures.save import save_figure
from figures.tables import read_table

table = read_table(snakemake.input.ensemble_sizes)
figure = figure_ensemble_sizes(table)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
