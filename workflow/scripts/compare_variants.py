from _run import start

start(snakemake)

import pandas as pd

from evaluate.comparison import compare_variants, population_table
from recordings.files import replace_when_done

tables = [pd.read_csv(path, dtype={"mouse": str}) for path in snakemake.input.tables]
scores = pd.concat(tables, ignore_index=True)
params = snakemake.params
made = {
    "scores": scores,
    "populations": population_table(scores, params.populations),
    "tests": compare_variants(scores, params.populations, params.seed),
}
for name, table in made.items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
