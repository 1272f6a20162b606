"""The members of the ensemble by name: trained ones are named after encoder and seed, loaded ones by the user."""

import re
from dataclasses import dataclass
from pathlib import Path

TEACHER = "teacher"


@dataclass(frozen=True)
class TrainedMember:
    """An encoder to train; its teacher is trained first where it learns from one."""

    encoder: str
    seed: int
    is_teacher: bool = False


def trained_members(models: dict) -> dict[str, TrainedMember]:
    """Members that are trained, from the section `models` of the config."""
    if models["source"] == "load":
        return {}
    seeds = range(models["seed"], models["seed"] + models["num_members"])
    members = [TrainedMember(encoder, seed) for encoder in models["encoders"] for seed in seeds]
    return {f"{member.encoder}{member.seed}": member for member in members}


@dataclass(frozen=True)
class LoadedMember:
    """A published checkpoint."""

    path: str
    archived: str | None = None
    """its name in the archive, where it is from there"""


def loaded_members(models: dict, archive: dict) -> dict[str, LoadedMember]:
    """Members that are loaded; ValueError for a file that is neither there nor in the archive."""
    if models["source"] == "train":
        return {}
    return {
        name: find_checkpoint(given, archive, f"models.load.files.{name}")
        for name, given in models["load"]["files"].items()
    }


def parse_member(name: str) -> TrainedMember:
    """`dwiseneuro3` or `dwiseneuro3teacher`"""
    encoder, seed, teacher = re.fullmatch(rf"([a-z]+)([0-9]+)({TEACHER})?", name).groups()
    return TrainedMember(encoder, int(seed), bool(teacher))


def find_checkpoint(given: str, archive: dict, key: str) -> LoadedMember:
    """A file that is given by its path, or by a part of its name in the archive."""
    named = [file for file in archive["files"] if given in file]
    named = [given] if given in named else named
    if Path(given).is_file():
        return LoadedMember(given)
    if len(named) == 1:
        return LoadedMember(str(Path(archive["folder"], named[0])), named[0])
    choice = f"several files of the archive ({', '.join(named)})" if named else "no file"
    raise ValueError(
        f"{key}: {given} is {choice}; give the path of a checkpoint, or the name of one of sources.archive.files"
    )
