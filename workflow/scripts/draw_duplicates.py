from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from figures.duplicates import figure_duplicates, read_pairs
from figures.save import save_figure
from recordings.reader import Recording

given, params = snakemake.input, snakemake.params
alike = pd.read_csv(given.alike, dtype={"mouse": str, "training_mouse": str})
recordings = dict(zip(params.mice, map(Recording, map(Path, given.recordings)), strict=True))
figure = figure_duplicates(read_pairs(alike, recordings), params.threshold)
table = alike.assign(excluded=alike.correlation >= params.threshold)
save_figure(figure, *snakemake.output, table, params.dpi)
