from _run import start

start(snakemake)

from evaluate.paper_differences import Run
from evaluate.paper_table import compare_with_paper, read_published
from recordings.csv_table import write_table

table = compare_with_paper(
    read_published(), dict(snakemake.input.items()), Run(**snakemake.params.run)
)
write_table(snakemake.output.table, table)
