"""Snakemake deletes an output before the job that makes it: a folder that no job made must be seen before that."""

import re
from collections.abc import Iterable
from pathlib import Path

from recordings.files import refuse_foreign_folder

WILDCARD = re.compile(r"\{[^{}]*\}")


def refuse_foreign_outputs(outputs: Iterable[str]) -> None:
    """ValueError where one of these outputs, which may have wildcards, is a folder with files that no job made."""
    for output in outputs:
        for folder in sorted(Path().glob(WILDCARD.sub("[!.]*", output))):
            refuse_foreign_folder(folder)
