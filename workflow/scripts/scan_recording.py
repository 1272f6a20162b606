from pathlib import Path

from _run import start

start(snakemake)

from recordings.catalogue.scan import scan_recording, write_scan
from recordings.files import write_digest
from recordings.reader import Recording

recording = Recording(Path(snakemake.input.recording))
write_scan(scan_recording(recording, snakemake.threads), snakemake.output.scan)
write_digest(snakemake.output.digest, snakemake.output.scan)
