from pathlib import Path

from _run import start

start(snakemake)

from recordings.checks import check_recording
from recordings.files import replace_when_done
from recordings.reader import Recording

table = check_recording(Recording(Path(snakemake.input.recording)))
with replace_when_done(snakemake.output.trials) as path:
    table.to_csv(path, index=False)
