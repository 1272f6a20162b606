from pathlib import Path

from _run import start

start(snakemake)

import json

from recordings.download import fetch_file
from recordings.files import replace_when_done

file, params = snakemake.wildcards.file, snakemake.params
record = fetch_file(f"{params.url.rstrip('/')}/{file}", Path(params.folder, file))
with replace_when_done(snakemake.output.record) as path:
    path.write_text(json.dumps(record, indent=1) + "\n")
