from _run import start

start(snakemake)

import pandas as pd

from evaluate.activity_comparison import compare_activity
from recordings.files import replace_when_done

tables = [pd.read_csv(path, dtype={"mouse": str}) for path in snakemake.input.scores]
scores = pd.concat(tables, ignore_index=True)
made = {"scores": scores, "tests": compare_activity(scores, snakemake.params.seed)}
for name, table in made.items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
