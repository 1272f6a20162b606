from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.duplicates import find_duplicates
from recordings.files import replace_when_done
from recordings.reader import Recording
from recordings.settings import SplitSettings

given, params = snakemake.input, snakemake.params
tables = [pd.read_csv(path, dtype={"phash": str}) for path in given.tables]
trials = dict(zip(params.mice, tables, strict=True))
recordings = dict(zip(params.mice, map(Recording, map(Path, given.recordings)), strict=True))
table = find_duplicates(trials, recordings, SplitSettings(**params.settings))
with replace_when_done(snakemake.output.alike) as path:
    table.to_csv(path, index=False)
