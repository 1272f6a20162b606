from _run import start

start(snakemake)

import logging

from recordings.catalogue.validate import inspect_published
from recordings.csv_table import write_table

folder = snakemake.params.folder
table = inspect_published(folder)
write_table(snakemake.output.table, table)
kinds = ", ".join(f"{count} {kind}" for kind, count in table.kind.value_counts(sort=False).items())
logging.getLogger("progress").info(f"{folder}: {kinds or 'no findings'}: {snakemake.output.table}")
