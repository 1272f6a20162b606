from _run import start

start(snakemake)

from figures.maps import MouseMaps, read_map
from figures.mask_maps import Thresholds, figure_alpha, masks_table
from figures.save import save_figure
from recordings.selection import HELD_OUT, load_set

mouse, given, params = snakemake.wildcards.mouse, snakemake.input, snakemake.params
alpha_HW = read_map(given.alpha, "alpha_HW")
(trial,) = load_set(mouse, given.recording, given.sets, HELD_OUT, max_frames=100, most=1)
thresholds = Thresholds(params.update_threshold, params.evaluation_threshold)
figure = figure_alpha(alpha_HW, thresholds, f"mask of mouse {mouse}", trial.video_THW[-1])
table = masks_table([MouseMaps(mouse, alpha_HW)])
save_figure(figure, *snakemake.output, table, params.dpi)
