from _run import start

start(snakemake)

from figures.clips import read_clips
from figures.movies import write_error_map

clips, mask_HW = read_clips(snakemake.input.clips)
params = snakemake.params
write_error_map(snakemake.output.movie, clips, mask_HW, params.frame_rate_hz, params.error_limit)
