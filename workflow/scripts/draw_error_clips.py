from _run import start

start(snakemake)

import pandas as pd

from figures.compared import errors_table, read_compared
from figures.errors import View, figure_error_clips
from figures.save import save_figure

given, params = snakemake.input, snakemake.params
paths = zip(params.mice, given.clips, given.predicted, strict=True)
mice = [read_compared(*of_mouse) for of_mouse in paths]
view = View(params.frame_rate_hz, params.skip_frames, params.error_limit)
table = pd.concat([errors_table(one, params.frame_rate_hz) for one in mice])
save_figure(figure_error_clips(mice, view), *snakemake.output, table, params.dpi)
