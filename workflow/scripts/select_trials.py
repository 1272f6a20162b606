from _run import start

start(snakemake)

import pandas as pd

from recordings.csv_table import read_table, write_table
from recordings.selection import prove_split, select_trials
from recordings.settings import SelectionSettings
from recordings.trials import join_catalogue

given, mice = snakemake.input, snakemake.params.mice
tables = {m: read_table(t) for m, t in zip(mice, given.tables, strict=True)}
trials = join_catalogue(tables, pd.read_parquet(given.catalogue), mice)
alike = read_table(given.alike)
sets = select_trials(trials, SelectionSettings(**snakemake.params.settings), alike)
split = prove_split(sets)
write_table(snakemake.output.sets, sets)
write_table(snakemake.output.split, split)
