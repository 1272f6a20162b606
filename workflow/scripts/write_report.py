from pathlib import Path

from _run import start

start(snakemake)

from figures.captions import render_caption
from figures.overview import overview_rows, provenance_rows, report_entries
from figures.report import write_report
from figures.tables import read_table

config, captions = snakemake.config, Path("workflow/report")
write_report(
    snakemake.output.page,
    report_entries(snakemake.params.entries, captions, config),
    "Movie reconstruction",
    overview_rows(read_table(snakemake.input.scores)),
    provenance_rows(config, Path.cwd()),
    render_caption(captions / "workflow.rst", config=config),
)
