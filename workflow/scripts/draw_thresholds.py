from _run import start

start(snakemake)

import h5py

from figures.mask_maps import Thresholds
from figures.save import save_figure
from figures.thresholds import figure_thresholds, thresholds_table
from masks.geometry import ScreenSettings
from masks.thresholds import require_pixels

params, masks, courses = snakemake.params, {}, {}
for mouse, path in zip(params.mice, snakemake.input.alphas, strict=True):
    with h5py.File(path, "r") as file:
        masks[mouse] = file["alpha_HW"][:]
        if "explained" in file:
            courses[mouse] = file["explained"][:]
require_pixels(masks, params.evaluation_threshold)
table = thresholds_table(masks, ScreenSettings(**params.screen))
thresholds = Thresholds(params.update_threshold, params.evaluation_threshold)
figure = figure_thresholds(table, courses, thresholds, params.stop)
save_figure(figure, *snakemake.output, table, params.dpi)
