from pathlib import Path

from _run import start

start(snakemake)

from recordings.catalogue.scan import read_scan
from recordings.catalogue.tables import tabulate_shown, write_tables
from recordings.files import replace_when_done
from recordings.reader import Recording

given, made = snakemake.input, snakemake.output
scans = [read_scan(folder) for folder in given.scans]
names = [scan.recording for scan in scans]
recordings = dict(zip(names, map(Recording, map(Path, given.recordings)), strict=True))
shown = tabulate_shown(scans, recordings)
tables = {"trials": shown.trials, "segments": shown.segments}
write_tables(tables, Path(made.parquet[0]).parent)
with replace_when_done(made.videos) as path:
    shown.videos.to_parquet(path, index=False)
