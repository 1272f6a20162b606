from pathlib import Path

from _run import start

start(snakemake)

import logging

from recordings.csv_table import write_table
from recordings.files import replace_when_done
from recordings.report import (
    count_findings,
    counts_text,
    findings_table,
    inspect_recording,
    report_text,
)

folder = Path(snakemake.input.recording)
findings = inspect_recording(folder)
write_table(snakemake.output.table, findings_table(findings))
with replace_when_done(snakemake.output.text) as path:
    path.write_text(report_text(folder, findings))
counts = counts_text(count_findings(findings))
logging.getLogger("progress").info(f"{counts}: {snakemake.output.text}")
