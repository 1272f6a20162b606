from _run import start

start(snakemake)

from figures.clips import read_clips
from figures.movies import write_side_by_side

clips, mask_HW = read_clips(snakemake.input.clips)
write_side_by_side(snakemake.output.movie, clips, mask_HW, snakemake.params.frame_rate_hz)
