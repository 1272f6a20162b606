from pathlib import Path

from _run import start

start(snakemake)

from recordings.catalogue.publish import export_published
from recordings.catalogue.unified import write_unified
from recordings.catalogue_tables import NEEDED, read_catalogue_table
from recordings.files import replace_when_done

folder = Path(snakemake.input.tables[0]).parent
tables = {name: read_catalogue_table(folder, name) for name in NEEDED}
export_published(tables, snakemake.output.published)
with replace_when_done(snakemake.output.unified) as path:
    path.mkdir()
    write_unified(tables["trials"], path)
