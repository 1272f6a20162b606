from pathlib import Path

from _run import start

start(snakemake)

from models.checkpoint import load_member
from models.data import open_mice
from models.train import TrainingJob, describe_member, train_member
from recordings.packed import PackedRecording

given, made, params = snakemake.input, snakemake.output, snakemake.params
mice = open_mice(params.mice, given.packed, given.sets, PackedRecording)
description = describe_member(params.encoder, params.settings, params.training, params.seed, mice)
teacher = load_member(given.teacher)[0] if given.teacher else None
checkpoint_s = snakemake.resources.checkpoint_s
job = TrainingJob(Path(made.member), Path(made.curve), params.code, checkpoint_s)
train_member(mice, description, job, teacher)
