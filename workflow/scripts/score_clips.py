from _run import start

start(snakemake)

from evaluate.jobs import ScoringInputs, score_mouse, scoring_of, write_clips
from reconstruct.settings import SmoothingSettings
from recordings.csv_table import write_table

given, params = snakemake.input, snakemake.params
inputs = ScoringInputs(
    mouse=snakemake.wildcards.mouse,
    ensemble=given.ensemble,
    members=dict(zip(params.members, given.members, strict=True)),
    controls={name: given[name] for name in params.controls},
    smoothing=SmoothingSettings(**params.smoothing),
)
scoring = scoring_of(inputs.mouse, given, params)
for name, table in score_mouse(inputs, scoring).items():
    write_table(snakemake.output[name], table)
write_clips(snakemake.output.clips, inputs, scoring)
