from _run import start

start(snakemake)

from evaluate.paper_differences import Run
from evaluate.paper_table import compare_with_paper, read_published
from recordings.files import replace_when_done

table = compare_with_paper(
    read_published(), dict(snakemake.input.items()), Run(**snakemake.params.run)
)
with replace_when_done(snakemake.output.table) as path:
    table.to_csv(path, index=False)
