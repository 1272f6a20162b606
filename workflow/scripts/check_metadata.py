from _run import start

start(snakemake)

import logging

from recordings.catalogue.validate import inspect_published
from recordings.files import replace_when_done

folder = snakemake.params.folder
table = inspect_published(folder)
with replace_when_done(snakemake.output.table) as path:
    table.to_csv(path, index=False)
kinds = ", ".join(f"{count} {kind}" for kind, count in table.kind.value_counts(sort=False).items())
logging.getLogger("progress").info(f"{folder}: {kinds or 'no findings'}: {snakemake.output.table}")
