from _run import start

start(snakemake)

from figures.clips import read_clips
from figures.frames import figure_frames, frames_table
from figures.save import save_figure

mouse, number, params = snakemake.wildcards.mouse, int(snakemake.wildcards.clip), snakemake.params
clips, mask_HW = read_clips(snakemake.input.clips)
arguments = (clips[number], mask_HW, params.frame_rate_hz, params.num_frames)
title = f"mouse {mouse}, clip {number}"
figure = figure_frames(*arguments, title, params.error_limit, params.skip_frames)
table = frames_table(*arguments, first_frame=params.skip_frames)
save_figure(figure, *snakemake.output, table, snakemake.params.dpi)
