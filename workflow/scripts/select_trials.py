from _run import start

start(snakemake)

import pandas as pd

from recordings.files import replace_when_done
from recordings.selection import select_trials
from recordings.settings import SelectionSettings

mice = dict(zip(snakemake.params.mice, snakemake.input.tables, strict=True))
tables = {mouse: pd.read_csv(path) for mouse, path in mice.items()}
sets = select_trials(tables, SelectionSettings(**snakemake.params.settings))
with replace_when_done(snakemake.output.sets) as path:
    sets.to_csv(path, index=False)
