from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from figures.duplicates import figure_duplicates, label_candidates, read_pairs, up_to_last_used
from figures.save import save_figure
from recordings.reader import Recording

given, params = snakemake.input, snakemake.params
alike = pd.read_csv(given.alike, dtype={"mouse": str, "training_mouse": str})
sets = pd.read_csv(given.sets, dtype={"mouse": str, "place": "Int64"})
table = label_candidates(alike, sets, params.threshold, params.named)
recordings = dict(zip(params.mice, map(Recording, map(Path, given.recordings)), strict=True))
pairs = read_pairs(up_to_last_used(table), recordings)
figure = figure_duplicates(pairs, params.threshold)
save_figure(figure, *snakemake.output, table, params.dpi)
