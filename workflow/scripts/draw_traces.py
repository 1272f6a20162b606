from _run import start

start(snakemake)

from figures.curves import figure_traces, losses_of_kept
from figures.save import save_figure
from figures.tables import read_table

table = losses_of_kept(read_table(snakemake.input.traces))
figure = figure_traces(table)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
