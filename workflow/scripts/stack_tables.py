from _run import start

start(snakemake)

import pandas as pd

from recordings.files import replace_when_done

per_mouse = len(snakemake.input) // len(snakemake.output)
for index, output in enumerate(snakemake.output):
    parts = snakemake.input[index * per_mouse : (index + 1) * per_mouse]
    tables = [pd.read_csv(part, dtype={"mouse": str, "member": str}) for part in parts]
    with replace_when_done(output) as path:
        pd.concat(tables).to_csv(path, index=False)
