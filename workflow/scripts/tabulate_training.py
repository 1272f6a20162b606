from _run import start

start(snakemake)

import pandas as pd

from recordings.files import replace_when_done

members = zip(snakemake.params.members, snakemake.input.curves, strict=True)
curves = [pd.read_csv(path, dtype={"mouse": str}).assign(member=m) for m, path in members]
with replace_when_done(snakemake.output.validation) as path:
    pd.concat(curves).to_csv(path, index=False)
