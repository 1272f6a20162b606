from _run import start

start(snakemake)

from evaluate.comparison import MEASURES, compare_variants, population_table
from evaluate.complete import complete_clips
from recordings.csv_table import read_tables, write_table

scores = read_tables(snakemake.input.tables)
params, compared = snakemake.params, complete_clips(scores, list(MEASURES))
made = {
    "scores": scores,
    "populations": population_table(compared, params.populations),
    "tests": compare_variants(compared, params.populations, params.seed),
}
for name, table in made.items():
    write_table(snakemake.output[name], table)
