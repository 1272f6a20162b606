from _run import start

start(snakemake)

from figures.examples import read_examples
from figures.films import write_stimuli

examples, params = read_examples(snakemake.input.examples), snakemake.params
write_stimuli(snakemake.output.movie, examples, snakemake.wildcards.kind, params.frame_rate_hz)
