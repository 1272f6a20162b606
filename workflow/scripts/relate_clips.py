from _run import start

start(snakemake)

from evaluate.relations import correlate_lags, fit_relations
from recordings.csv_table import read_tables, write_table

given = {name: snakemake.input[name] for name in ("relations", "frames")}
clips, frames = map(read_tables, given.values())
made = {
    "relations": clips,
    "fits": fit_relations(clips),
    "lags": correlate_lags(frames, snakemake.params.max_lag_frames),
}
for name, table in made.items():
    write_table(snakemake.output[name], table)
