from _run import start

start(snakemake)

from figures.clips import read_clips
from figures.movies import write_spread
from reconstruct.ensemble import SPREAD
from reconstruct.movies import read_movies

given, params = snakemake.input, snakemake.params
clips, mask_HW = read_clips(given.clips)
spreads = read_movies(given.ensemble, SPREAD)
write_spread(
    snakemake.output.movie, clips, spreads, mask_HW, params.frame_rate_hz, params.spread_limit
)
