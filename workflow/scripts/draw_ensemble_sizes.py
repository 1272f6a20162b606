from _run import start

start(snakemake)

from evaluate.complete import complete_clips
from figures.curves import figure_ensemble_sizes
from figures.save import save_figure
from figures.scores import MEASURES
from figures.tables import read_table

table = complete_clips(read_table(snakemake.input.ensemble_sizes), MEASURES)
figure = figure_ensemble_sizes(table)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
