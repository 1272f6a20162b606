from _run import start

start(snakemake)

import pandas as pd

from evaluate.stimuli import average_cells, compare_cells
from recordings.files import replace_when_done

tables = [pd.read_csv(path, dtype={"mouse": str}) for path in snakemake.input.tables]
scores = pd.concat(tables, ignore_index=True)
tests = compare_cells(scores, snakemake.params.seed)
made = zip(snakemake.output, (scores, average_cells(scores), tests), strict=True)
for output, table in made:
    with replace_when_done(output) as path:
        table.to_csv(path, index=False)
