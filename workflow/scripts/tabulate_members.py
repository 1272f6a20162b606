from _run import start

start(snakemake)

import pandas as pd

from models.card import read_card, tabulate_cards
from recordings.csv_table import read_table, write_table

members, given, made = snakemake.params.members, snakemake.input, snakemake.output
curves = [
    read_table(path).assign(member=member)
    for member, path in zip(members, given.curves, strict=True)
]
cards = {member: read_card(path) for member, path in zip(members, given.cards, strict=True)}
write_table(made.validation, pd.concat(curves))
write_table(made.members, tabulate_cards(cards))
