from _run import start

start(snakemake)

import logging

from recordings.csv_table import read_table, write_table
from recordings.report import summarise_findings

tables = zip(snakemake.params.mice, snakemake.input.tables, strict=True)
summary, sentence = summarise_findings({mouse: read_table(path) for mouse, path in tables})
write_table(snakemake.output.summary, summary)
logging.getLogger("progress").info(sentence)
