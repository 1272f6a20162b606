from pathlib import Path

from _run import start

start(snakemake)

from models.card import describe_training, write_card
from models.checkpoint import load_member
from models.data import open_mice
from models.train import describe_member, train_member
from recordings.files import replace_when_done
from recordings.packed import PackedRecording

given, made, params = snakemake.input, snakemake.output, snakemake.params
mice = open_mice(params.mice, given.packed, given.sets, PackedRecording)
description = describe_member(params.encoder, params.settings, params.training, params.seed, mice)
teacher = load_member(given.teacher)[0] if given.teacher else None
checkpoint_s = snakemake.resources.checkpoint_s
curve = train_member(mice, description, Path(made.member), params.code, checkpoint_s, teacher)
write_card(made.card, describe_training(description, load_member(made.member)[0], mice, curve))
with replace_when_done(made.curve) as path:
    curve.to_csv(path, index=False)
