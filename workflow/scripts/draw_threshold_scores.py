from _run import start

start(snakemake)

from figures.save import save_figure
from figures.tables import read_table
from figures.threshold_scores import figure_threshold_scores, means_over_clips

params = snakemake.params
means = means_over_clips(read_table(snakemake.input.scores), params.variants)
figure = figure_threshold_scores(means, params.evaluation_threshold)
save_figure(figure, *snakemake.output, means, params.dpi)
