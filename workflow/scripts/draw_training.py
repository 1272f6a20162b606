from _run import start

start(snakemake)

from figures.curves import figure_training
from figures.save import save_figure
from figures.tables import read_table

table = read_table(snakemake.input.validation)
figure = figure_training(table)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
