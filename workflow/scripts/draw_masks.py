from _run import start

start(snakemake)

from figures.maps import read_mouse_maps
from figures.mask_maps import Thresholds, figure_masks, masks_table
from figures.save import save_figure

given, params = snakemake.input, snakemake.params
maps = read_mouse_maps(params.mice, given.alphas, given.coverages, given.neurons)
figure = figure_masks(maps, Thresholds(params.update_threshold, params.evaluation_threshold))
table = masks_table(maps)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
