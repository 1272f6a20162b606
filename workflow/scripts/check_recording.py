from pathlib import Path

from _run import start

start(snakemake)

from recordings.checks import check_recording
from recordings.csv_table import write_table
from recordings.reader import Recording

table = check_recording(Recording(Path(snakemake.input.recording)))
write_table(snakemake.output.trials, table)
