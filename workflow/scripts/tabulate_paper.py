from _run import start

start(snakemake)

import pandas as pd

from evaluate.paper_differences import Run
from evaluate.paper_table import compare_with_paper
from recordings.files import replace_when_done

given = dict(snakemake.input.items())
published = pd.read_csv(given.pop("published"))
with replace_when_done(snakemake.output.table) as path:
    compare_with_paper(published, given, Run(**snakemake.params.run)).to_csv(path, index=False)
