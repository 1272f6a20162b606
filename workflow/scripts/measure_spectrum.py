from _run import start

start(snakemake)

import pandas as pd

from reconstruct.prior import common_length, measure_spectrum, training_movies, write_spectrum

sets = pd.read_csv(snakemake.input.sets, dtype={"mouse": str})
recordings = dict(zip(snakemake.params.mice, snakemake.input.recordings, strict=True))
num_frames = common_length(sets, snakemake.params.max_frames)
spectrum, num_movies = measure_spectrum(training_movies(sets, recordings), num_frames)
write_spectrum(snakemake.output.spectrum, spectrum, num_movies)
