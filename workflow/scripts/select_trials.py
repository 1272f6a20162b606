from _run import start

start(snakemake)

import pandas as pd

from recordings.files import replace_when_done
from recordings.selection import prove_split, select_trials
from recordings.settings import SelectionSettings
from recordings.trials import join_catalogue

given, mice = snakemake.input, snakemake.params.mice
tables = {m: pd.read_csv(t, dtype={"phash": str}) for m, t in zip(mice, given.tables, strict=True)}
trials = join_catalogue(tables, pd.read_parquet(given.catalogue), mice)
alike = pd.read_csv(given.alike, dtype={"mouse": str, "training_mouse": str})
sets = select_trials(trials, SelectionSettings(**snakemake.params.settings), alike)
split = prove_split(sets)
with replace_when_done(snakemake.output.sets) as path:
    sets.to_csv(path, index=False)
with replace_when_done(snakemake.output.split) as path:
    split.to_csv(path, index=False)
