from _run import start

start(snakemake)

from evaluate.activity_comparison import compare_activity
from recordings.csv_table import read_tables, write_table

scores = read_tables(snakemake.input.scores)
made = {"scores": scores, "tests": compare_activity(scores, snakemake.params.seed)}
for name, table in made.items():
    write_table(snakemake.output[name], table)
