from _run import start

start(snakemake)

from evaluate.complete import complete_clips
from figures.save import save_figure
from figures.tables import read_table
from figures.variants import MEASURES, figure_variants

given = snakemake.input
scores = complete_clips(read_table(given.scores), list(MEASURES))
tests = read_table(given.tests)
chosen = tests[tests["family"] == "variants"]
figure = figure_variants(scores, chosen)
save_figure(figure, *snakemake.output, scores, snakemake.params.dpi)
