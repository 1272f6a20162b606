from _run import start

start(snakemake)

from evaluate.stimuli import average_cells, compare_cells
from recordings.csv_table import read_tables, write_table

scores = read_tables(snakemake.input.tables)
tests = compare_cells(scores, snakemake.params.seed)
made = zip(snakemake.output, (scores, average_cells(scores), tests), strict=True)
for output, table in made:
    write_table(output, table)
