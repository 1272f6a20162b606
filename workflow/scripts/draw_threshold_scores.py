from _run import start

start(snakemake)

from evaluate.complete import blank_incomplete
from figures.save import save_figure
from figures.tables import read_table
from figures.threshold_scores import MEASURES, figure_threshold_scores, means_over_clips

params = snakemake.params
scores = blank_incomplete(read_table(snakemake.input.scores), list(MEASURES))
means = means_over_clips(scores, params.variants)
figure = figure_threshold_scores(means, params.evaluation_threshold)
save_figure(figure, *snakemake.output, means, params.dpi)
