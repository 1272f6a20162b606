from _run import start

start(snakemake)

from figures.examples import read_examples
from figures.save import save_figure
from figures.stimulus_grid import figure_grid, table_of_examples
from figures.tables import read_table

examples = read_examples(snakemake.input.examples)
table = table_of_examples(examples, read_table(snakemake.input.scores))
figure = figure_grid(examples, table, snakemake.wildcards.kind)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
