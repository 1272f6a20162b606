from _run import start

start(snakemake)

from models.card import describe_member_card, write_card
from models.checkpoint import load_member
from models.data import open_mice
from recordings.csv_table import read_table
from recordings.packed import PackedRecording

given, name, folders = snakemake.input, snakemake.wildcards.member, snakemake.params.folders
mice = open_mice(list(folders), given.packed, given.sets, PackedRecording)
encoder, description = load_member(given.member)
curve = read_table(given.curve)
card = describe_member_card(name, description, encoder, mice, curve, folders)
write_card(snakemake.output.card, card)
