from _run import start

start(snakemake)

import pandas as pd

from evaluate.comparison import MEASURES, compare_variants, population_table
from evaluate.complete import complete_clips
from recordings.files import replace_when_done

tables = [pd.read_csv(path, dtype={"mouse": str}) for path in snakemake.input.tables]
scores = pd.concat(tables, ignore_index=True)
params, compared = snakemake.params, complete_clips(scores, list(MEASURES))
made = {
    "scores": scores,
    "populations": population_table(compared, params.populations),
    "tests": compare_variants(compared, params.populations, params.seed),
}
for name, table in made.items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
