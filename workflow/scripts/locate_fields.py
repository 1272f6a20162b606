from _run import start

start(snakemake)

from masks.locate import write_fields

given, params = snakemake.input, snakemake.params
made = dict(snakemake.output.items())
write_fields(given.fields, made, params.smallest_change, params.full_share)
