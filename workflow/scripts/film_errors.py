from _run import start

start(snakemake)

from figures.compared import read_compared
from figures.films import write_errors

given, params = snakemake.input, snakemake.params
paths = zip(params.mice, given.clips, given.predicted, strict=True)
mice = [read_compared(*of_mouse) for of_mouse in paths]
write_errors(snakemake.output.movie, mice, params.frame_rate_hz, params.error_limit)
