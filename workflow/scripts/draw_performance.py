from _run import start

start(snakemake)

from figures.performance import figure_performance
from figures.save import save_figure
from figures.tables import read_table

given = snakemake.input
table = read_table(given.performance)
figure = figure_performance(table, read_table(given.tests))
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
