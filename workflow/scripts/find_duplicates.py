from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.csv_table import read_table, write_table
from recordings.duplicates import find_duplicates
from recordings.reader import Recording
from recordings.selection import trained_on
from recordings.settings import SplitSettings
from recordings.trials import join_catalogue

given, params = snakemake.input, snakemake.params
mice = params.mice
tables = {m: read_table(t) for m, t in zip(mice, given.tables, strict=True)}
trials = join_catalogue(tables, pd.read_parquet(given.catalogue), mice)
recordings = dict(zip(mice, map(Recording, map(Path, given.recordings)), strict=True))
settings = SplitSettings(**params.settings)
write_table(snakemake.output.training, trained_on(trials, settings))
table = find_duplicates(trials, recordings, settings)
write_table(snakemake.output.alike, table)
