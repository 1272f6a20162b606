from pathlib import Path

from _run import start

start(snakemake)

import pandas as pd

from recordings.catalogue.naming import no_conflicts, take_published_names
from recordings.catalogue.published import read_published
from recordings.catalogue.scan import read_scan
from recordings.catalogue.tables import build_catalogue, write_tables
from recordings.files import replace_when_done
from recordings.reader import Recording

given, published, conflicts = snakemake.input, snakemake.params.published, no_conflicts()
scans = [read_scan(folder) for folder in given.scans]
names = [scan.recording for scan in scans]
neurons = dict(zip(names, map(pd.read_parquet, given.neurons), strict=True))
recordings = dict(zip(names, map(Recording, map(Path, given.recordings)), strict=True))
catalogue = build_catalogue(scans, neurons, recordings)
if published:
    catalogue, conflicts = take_published_names(catalogue, read_published(Path(published)))
write_tables(catalogue, Path(snakemake.output.parquet[0]).parent)
with replace_when_done(snakemake.output.conflicts) as path:
    conflicts.to_csv(path, index=False)
