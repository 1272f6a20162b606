from _run import start

start(snakemake)

from recordings.csv_table import read_tables, write_table

write_table(snakemake.output.scores, read_tables(snakemake.input.tables))
