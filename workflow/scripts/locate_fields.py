from _run import start

start(snakemake)

from masks.locate import write_fields

given, made, params = snakemake.input, snakemake.output, snakemake.params
write_fields(
    given.fields,
    made.fields,
    made.neurons,
    made.coverage,
    params.smallest_change,
    params.full_share,
)
