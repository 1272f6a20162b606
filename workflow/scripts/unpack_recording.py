from pathlib import Path

from _run import start

start(snakemake)

import json

from recordings.checksums import enforce_fetched
from recordings.files import replace_when_done
from recordings.unpack import unpack_recording

archive = enforce_fetched(Path(snakemake.input.record))
folder = Path(snakemake.params.folder, snakemake.wildcards.recording)
record = unpack_recording(archive, folder, int(snakemake.params.max_gb * 1e9))
with replace_when_done(snakemake.output.record) as path:
    path.write_text(json.dumps(record, indent=1) + "\n")
