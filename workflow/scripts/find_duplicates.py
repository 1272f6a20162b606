from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.duplicates import find_duplicates
from recordings.files import replace_when_done
from recordings.reader import Recording
from recordings.selection import trained_on
from recordings.settings import SplitSettings
from recordings.trials import join_catalogue

given, params = snakemake.input, snakemake.params
mice = params.mice
tables = {m: pd.read_csv(t, dtype={"phash": str}) for m, t in zip(mice, given.tables, strict=True)}
trials = join_catalogue(tables, pd.read_parquet(given.catalogue), mice)
recordings = dict(zip(mice, map(Recording, map(Path, given.recordings)), strict=True))
settings = SplitSettings(**params.settings)
with replace_when_done(snakemake.output.training) as path:
    trained_on(trials, settings).to_csv(path, index=False)
table = find_duplicates(trials, recordings, settings)
with replace_when_done(snakemake.output.alike) as path:
    table.to_csv(path, index=False)
