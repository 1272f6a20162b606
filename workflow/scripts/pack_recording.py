from pathlib import Path

from _run import start

start(snakemake)

from recordings.csv_table import read_table
from recordings.files import write_digest
from recordings.packed import pack_recording
from recordings.reader import Recording
from recordings.selection import TRAINING, VALIDATION, trials_of

sets, mouse = read_table(snakemake.input.sets), snakemake.wildcards.mouse
trials = sorted(trials_of(sets, mouse, TRAINING) + trials_of(sets, mouse, VALIDATION))
pack_recording(Recording(Path(snakemake.input.recording)), trials, snakemake.output.packed)
write_digest(snakemake.output.digest, snakemake.output.packed)
