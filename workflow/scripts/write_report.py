from pathlib import Path

from _run import start

start(snakemake)

from figures.captions import render_caption
from figures.overview import (
    ensemble_rows,
    overview_rows,
    provenance_rows,
    report_entries,
    split_rows,
)
from figures.report import write_report
from figures.tables import read_table

config, captions, given = snakemake.config, Path("workflow/report"), snakemake.input
overview = [*overview_rows(read_table(given.scores)), *ensemble_rows(read_table(given.members))]
overview += split_rows(read_table(given.split))
entries = report_entries(snakemake.params.entries, captions, config)
write_report(
    snakemake.output.page,
    entries,
    "Movie reconstruction",
    overview,
    provenance_rows(config, Path.cwd()),
    render_caption(captions / "workflow.rst", config=config),
)
