from pathlib import Path

from _run import start

start(snakemake)

from recordings.download import fetch_file

fetch_file(f"{snakemake.params.url}/{snakemake.wildcards.file}", Path(snakemake.output.file))
