from _run import start

start(snakemake)

import numpy as np

from figures.maps import read_map
from figures.mask_maps import Thresholds
from figures.save import save_figure
from figures.tables import read_table
from figures.temporal_maps import TemporalMap, figure_temporal_maps, temporal_maps_table
from masks.geometry import ScreenSettings

given, params = snakemake.input, snakemake.params
maps = [
    TemporalMap(mouse, np.load(path, allow_pickle=False), read_map(alpha, "alpha_HW"))
    for mouse, path, alpha in zip(params.mice, given.maps, given.alphas, strict=True)
]
thresholds = Thresholds(params.update_threshold, params.evaluation_threshold)
screen = ScreenSettings(**params.screen)
figure = figure_temporal_maps(maps, read_table(given.summary), thresholds, screen)
table = temporal_maps_table(maps, thresholds)
save_figure(figure, *snakemake.output, table, params.dpi)
