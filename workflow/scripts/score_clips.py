from _run import start

start(snakemake)

from evaluate.jobs import ScoringInputs, score_mouse, write_clips
from reconstruct.settings import SmoothingSettings
from recordings.files import replace_when_done

given, params = snakemake.input, snakemake.params
inputs = ScoringInputs(
    mouse=snakemake.wildcards.mouse,
    recording=given.recording,
    sets=given.sets,
    alpha=given.alpha,
    ensemble=given.ensemble,
    members=dict(zip(params.members, given.members, strict=True)),
    controls={name: given[name] for name in params.controls},
    evaluation_threshold=params.evaluation_threshold,
    smoothing=SmoothingSettings(**params.smoothing),
    skip_frames=params.skip_frames,
    max_frames=params.max_frames,
)
scoring = inputs.scoring()
for name, table in score_mouse(inputs, scoring).items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
write_clips(snakemake.output.clips, inputs, scoring)
