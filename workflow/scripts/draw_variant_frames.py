from _run import start

start(snakemake)

from figures.save import save_figure
from figures.variant_frames import figure_variant_frames, read_variant_clips, variant_frames_table

given, params = snakemake.input, snakemake.params
mouse, number = snakemake.wildcards.mouse, int(snakemake.wildcards.clip)
ensembles = dict(zip(params.variants, given.ensembles, strict=True))
clips, mask_HW = read_variant_clips(number, given.clips, ensembles)
table = variant_frames_table(
    clips, mask_HW, params.frame_rate_hz, params.num_frames, params.skip_frames
)
figure = figure_variant_frames(clips, mask_HW, table, f"mouse {mouse}, clip {number}")
save_figure(figure, *snakemake.output, table, params.dpi)
