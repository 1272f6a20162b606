from _run import start

start(snakemake)

import pandas as pd

from models.card import read_card, tabulate_cards
from recordings.files import replace_when_done

members, given, made = snakemake.params.members, snakemake.input, snakemake.output
curves = [
    pd.read_csv(path, dtype={"mouse": str}).assign(member=member)
    for member, path in zip(members, given.curves, strict=True)
]
cards = {member: read_card(path) for member, path in zip(members, given.cards, strict=True)}
with replace_when_done(made.validation) as path:
    pd.concat(curves).to_csv(path, index=False)
with replace_when_done(made.members) as path:
    tabulate_cards(cards).to_csv(path, index=False)
