from _run import start

start(snakemake)

from evaluate.performance import performance_table, performance_tests
from recordings.csv_table import read_tables, write_table

seed = snakemake.params.seed
pairs = read_tables(snakemake.input.pairs)
performance = performance_table(pairs, seed)
tests = performance_tests(pairs, performance, seed)
for name, table in {"performance": performance, "tests": tests}.items():
    write_table(snakemake.output[name], table)
