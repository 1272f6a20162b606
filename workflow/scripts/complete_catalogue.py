from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.catalogue.facts import stack_neurons, tabulate_recordings
from recordings.catalogue.naming import name_recordings, name_videos
from recordings.catalogue.published import read_published_names
from recordings.catalogue.scan import read_scan
from recordings.catalogue.tables import write_tables
from recordings.csv_table import write_table

given, made = snakemake.input, snakemake.output
scans = [read_scan(folder) for folder in given.scans]
names = [scan.recording for scan in scans]
neurons = stack_neurons(dict(zip(names, map(pd.read_parquet, given.neurons), strict=True)))
videos, basic = pd.read_parquet(given.videos), tabulate_recordings(scans)
published = read_published_names(snakemake.params.published, names)
videos, conflicts = name_videos(videos, pd.read_parquet(given.trials), published[0])
tables = {"videos": videos, "neurons": neurons, "basic": name_recordings(basic, published[1])}
write_tables(tables, Path(made.parquet[0]).parent)
write_table(made.conflicts, conflicts)
