from _run import start

start(snakemake)

import pandas as pd

from evaluate.performance import performance_table, performance_tests
from recordings.files import replace_when_done

seed = snakemake.params.seed
parts = [pd.read_csv(path, dtype={"mouse": str}) for path in snakemake.input.pairs]
pairs = pd.concat(parts, ignore_index=True)
performance = performance_table(pairs, seed)
tests = performance_tests(pairs, performance, seed)
for name, table in {"performance": performance, "tests": tests}.items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
