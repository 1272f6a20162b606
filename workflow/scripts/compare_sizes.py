from _run import start

start(snakemake)

import pandas as pd

from evaluate.comparison import MEASURES, compare_sizes
from evaluate.complete import complete_clips
from recordings.files import replace_when_done

sizes = pd.read_csv(snakemake.input.sizes, dtype={"mouse": str})
tests = compare_sizes(complete_clips(sizes, MEASURES), snakemake.params.seed)
with replace_when_done(snakemake.output.tests) as path:
    tests.to_csv(path, index=False)
