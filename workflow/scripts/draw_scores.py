from _run import start

start(snakemake)

from figures.save import save_figure
from figures.scores import figure_scores
from figures.tables import read_table

table = read_table(snakemake.input.scores)
figure = figure_scores(table)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
