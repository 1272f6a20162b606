from _run import start

start(snakemake)

from figures.save import save_figure
from figures.tables import read_table
from figures.variants import figure_population

given = snakemake.input
scores, tests = read_table(given.scores), read_table(given.tests)
chosen = tests[(tests["family"] == "populations") & (tests["test"] == "paired t")]
figure = figure_population(scores, chosen)
save_figure(figure, *snakemake.output, scores, snakemake.params.dpi)
