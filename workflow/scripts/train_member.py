from pathlib import Path

from _run import start

start(snakemake)

from models.data import open_mice
from models.train import describe_member, train_member
from recordings.files import replace_when_done

params = snakemake.params
mice = open_mice(params.mice, snakemake.input.recordings, snakemake.input.sets)
description = describe_member(params.encoder, params.settings, params.training, params.seed, mice)
output, checkpoint_s = Path(snakemake.output.member), snakemake.resources.checkpoint_s
curve = train_member(mice, description, output, params.code, checkpoint_s)
with replace_when_done(snakemake.output.curve) as path:
    curve.to_csv(path, index=False)
