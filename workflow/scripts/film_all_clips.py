from _run import start

start(snakemake)

from figures.clips import MouseClips, read_clips
from figures.films import write_all_clips

paths = zip(snakemake.params.mice, snakemake.input.clips, strict=True)
mice = [MouseClips(mouse, *read_clips(path)) for mouse, path in paths]
write_all_clips(snakemake.output.movie, mice, snakemake.params.frame_rate_hz)
