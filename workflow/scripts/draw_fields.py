from _run import start

start(snakemake)

import pandas as pd

from figures.fields import figure_fields, read_mouse_fields
from figures.save import save_figure
from masks.geometry import ScreenSettings

given, params = snakemake.input, snakemake.params
paths = zip(params.mice, given.fields, given.alphas, strict=True)
mice = [read_mouse_fields(*each) for each in paths]
figure = figure_fields(mice, ScreenSettings(**params.screen))
table = pd.concat([one.table.assign(mouse=one.mouse) for one in mice], ignore_index=True)
save_figure(figure, *snakemake.output, table, params.dpi)
