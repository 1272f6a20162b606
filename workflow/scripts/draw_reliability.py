from _run import start

start(snakemake)

from figures.reliability import figure_reliability
from figures.save import save_figure
from figures.tables import read_table

table = read_table(snakemake.input.neurons)
figure = figure_reliability(table)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
