from _run import start

start(snakemake)

import json

from recordings.files import replace_when_done
from recordings.settings import DownloadSettings
from recordings.source import fetch_recording

settings = DownloadSettings(**snakemake.params.settings)
record = fetch_recording(snakemake.wildcards.recording, settings)
with replace_when_done(snakemake.output.record) as path:
    path.write_text(json.dumps(record, indent=1) + "\n")
