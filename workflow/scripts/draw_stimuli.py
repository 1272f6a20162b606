from _run import start

start(snakemake)

from figures.save import save_figure
from figures.stimuli import figure_stimuli, with_tests
from figures.tables import read_table

cells = with_tests(read_table(snakemake.input.cells), read_table(snakemake.input.tests))
figure = figure_stimuli(cells, snakemake.wildcards.kind)
save_figure(figure, *snakemake.output, cells, snakemake.params.dpi)
