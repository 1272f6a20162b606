from _run import start

start(snakemake)

from evaluate.comparison import MEASURES, compare_sizes
from evaluate.complete import complete_clips
from recordings.csv_table import read_table, write_table

sizes = read_table(snakemake.input.sizes)
tests = compare_sizes(complete_clips(sizes, MEASURES), snakemake.params.seed)
write_table(snakemake.output.tests, tests)
