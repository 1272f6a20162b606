from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.files import write_digest
from recordings.packed import pack_recording
from recordings.reader import Recording
from recordings.selection import TRAINING, VALIDATION, trials_of

sets, mouse = pd.read_csv(snakemake.input.sets, dtype={"mouse": str}), snakemake.wildcards.mouse
trials = sorted(trials_of(sets, mouse, TRAINING) + trials_of(sets, mouse, VALIDATION))
pack_recording(Recording(Path(snakemake.input.recording)), trials, snakemake.output.packed)
write_digest(snakemake.output.digest, snakemake.output.packed)
