from _run import start

start(snakemake)

from recordings.csv_table import read_tables, write_table

per_mouse = len(snakemake.input) // len(snakemake.output)
for index, output in enumerate(snakemake.output):
    parts = snakemake.input[index * per_mouse : (index + 1) * per_mouse]
    write_table(output, read_tables(parts))
