from _run import start

start(snakemake)

import logging

import pandas as pd

from recordings.files import replace_when_done
from recordings.report import summarise_findings

tables = zip(snakemake.params.mice, snakemake.input.tables, strict=True)
summary, sentence = summarise_findings({mouse: pd.read_csv(path) for mouse, path in tables})
with replace_when_done(snakemake.output.summary) as path:
    summary.to_csv(path, index=False)
logging.getLogger("progress").info(sentence)
