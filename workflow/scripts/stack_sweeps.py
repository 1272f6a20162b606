from _run import start

start(snakemake)

import pandas as pd

from recordings.files import replace_when_done

tables = [pd.read_csv(path, dtype={"mouse": str}) for path in snakemake.input.tables]
with replace_when_done(snakemake.output.scores) as path:
    pd.concat(tables).to_csv(path, index=False)
