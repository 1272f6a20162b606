from _run import start

start(snakemake)

from figures.activity import figure_activity
from figures.save import save_figure
from figures.tables import read_table

scores, tests = read_table(snakemake.input.scores), read_table(snakemake.input.tests)
figure = figure_activity(scores, tests)
save_figure(figure, *snakemake.output, scores, snakemake.params.dpi)
