from _run import start

start(snakemake)

import pandas as pd

from evaluate.comparison import compare_sizes
from recordings.files import replace_when_done

sizes = pd.read_csv(snakemake.input.sizes, dtype={"mouse": str})
with replace_when_done(snakemake.output.tests) as path:
    compare_sizes(sizes, snakemake.params.seed).to_csv(path, index=False)
