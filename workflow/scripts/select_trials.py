from _run import start

start(snakemake)

import pandas as pd

from recordings.files import replace_when_done
from recordings.selection import prove_split, select_trials
from recordings.settings import SelectionSettings

mice = dict(zip(snakemake.params.mice, snakemake.input.tables, strict=True))
tables = {mouse: pd.read_csv(path, dtype={"phash": str}) for mouse, path in mice.items()}
alike = pd.read_csv(snakemake.input.alike, dtype={"mouse": str, "training_mouse": str})
sets = select_trials(tables, SelectionSettings(**snakemake.params.settings), alike)
split = prove_split(sets)
with replace_when_done(snakemake.output.sets) as path:
    sets.to_csv(path, index=False)
with replace_when_done(snakemake.output.split) as path:
    split.to_csv(path, index=False)
