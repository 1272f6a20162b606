from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.catalogue.scan import read_scan
from recordings.catalogue.tables import build_catalogue, write_tables
from recordings.reader import Recording

given = snakemake.input
scans = [read_scan(folder) for folder in given.scans]
names = [scan.recording for scan in scans]
neurons = dict(zip(names, map(pd.read_parquet, given.neurons), strict=True))
recordings = dict(zip(names, map(Recording, map(Path, given.recordings)), strict=True))
catalogue = build_catalogue(scans, neurons, recordings)
write_tables(catalogue, Path(snakemake.output.parquet[0]).parent)
