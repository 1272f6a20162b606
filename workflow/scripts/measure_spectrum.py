from _run import start

start(snakemake)

from reconstruct.prior import common_length, measure_spectrum, training_movies, write_spectrum
from recordings.csv_table import read_table

sets = read_table(snakemake.input.sets)
recordings = dict(zip(snakemake.params.mice, snakemake.input.recordings, strict=True))
num_frames = common_length(sets, snakemake.params.max_frames)
spectrum, num_movies = measure_spectrum(training_movies(sets, recordings), num_frames)
write_spectrum(snakemake.output.spectrum, spectrum, num_movies)
