from _run import ROOT, start

start(snakemake)

from figures.captions import render_caption
from figures.comparison import read_comparison
from figures.overview import (
    ensemble_rows,
    overview_rows,
    provenance_rows,
    report_entries,
    split_rows,
    write_config,
)
from figures.report import Frame, write_report
from recordings.csv_table import read_table

config, captions, given = snakemake.config, ROOT / "workflow/report", snakemake.input
overview = [*overview_rows(read_table(given.scores)), *ensemble_rows(read_table(given.members))]
overview += split_rows(read_table(given.split))
introduction = render_caption(captions / "workflow.rst", config=config)
provenance, paper = provenance_rows(config), read_comparison(given.paper)
frame = Frame("Movie reconstruction", overview, provenance, introduction, paper)
entries = report_entries(snakemake.params.entries, captions, config, dict(given.items()))
write_report(snakemake.output.page, entries, frame)
write_config(snakemake.output.config, config)
