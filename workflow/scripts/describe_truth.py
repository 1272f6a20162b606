from pathlib import Path

from _run import start

start(snakemake)

from evaluate.truth import describe_truth

outputs = Path(snakemake.output.neurons), Path(snakemake.output.coverage)
describe_truth(snakemake.input.truth, snakemake.wildcards.mouse, *outputs)
