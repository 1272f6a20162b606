from pathlib import Path

from _run import start

start(snakemake)

from models.data import open_mice
from models.imports import import_member
from recordings.csv_table import write_table
from recordings.packed import PackedRecording

given, made, params = snakemake.input, snakemake.output, snakemake.params
mice = open_mice(params.mice, given.packed, given.sets, PackedRecording)
curve = import_member(params.path, params.readouts, mice, params.folders, Path(made.member))
write_table(made.curve, curve)
