from _run import start

start(snakemake)

from figures.maps import MouseMaps, read_map
from figures.mask_maps import Thresholds, figure_alpha, masks_table
from figures.save import save_figure

mouse, params = snakemake.wildcards.mouse, snakemake.params
alpha_HW = read_map(snakemake.input.alpha, "alpha_HW")
thresholds = Thresholds(params.update_threshold, params.evaluation_threshold)
figure = figure_alpha(alpha_HW, thresholds, f"alpha mask of mouse {mouse}")
table = masks_table([MouseMaps(mouse, alpha_HW)])
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
