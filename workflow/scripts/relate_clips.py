from _run import start

start(snakemake)

import pandas as pd

from evaluate.relations import correlate_lags, fit_relations
from recordings.files import replace_when_done

given = {name: snakemake.input[name] for name in ("relations", "frames")}
clips, frames = (
    pd.concat([pd.read_csv(path, dtype={"mouse": str}) for path in paths], ignore_index=True)
    for paths in given.values()
)
made = {
    "relations": clips,
    "fits": fit_relations(clips),
    "lags": correlate_lags(frames, snakemake.params.max_lag_frames),
}
for name, table in made.items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
