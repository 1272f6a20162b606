"""An ensemble of unlike members: trained ones of both encoders and a loaded one, from training to the scores."""

import csv
from pathlib import Path

import pytest
import torch
import yaml

from models.dwiseneuro import DwiseNeuro
from models.settings import DwiseNeuroSettings
from tests.published_format import save_published
from tests.unit.models.test_dwiseneuro import SMALL

pytestmark = pytest.mark.slow
SMOKE = yaml.safe_load((Path(__file__).resolve().parents[2] / "configs/smoke.yaml").read_text())
MOUSE = "dynamic90001-1-1-Video-00000000000000000000000000000001"
RECORDINGS = ["90002-1-1", "90001-1-1"]
"""of the readouts; only the second is of a mouse here"""
SIZE = SMALL | {"clip_frames": 16, "spatial_strides": (8, 2), "expansion_ratio": 8}
UNLIKE = {
    "recordings": {
        "selection": {
            "held_out": 'trial_type == "train"',
            "held_out_folds": [0],
            "num_folds": 2,
            "num_clips": 1,
        }
    },
    "models": {
        "source": "both",
        "encoders": ["factorised", "dwiseneuro"],
        "num_members": 1,
        "load": {"files": {"P": "published.pth"}, "readouts": RECORDINGS, "num_folds": 2},
    },
    "masks": {"update_threshold": 0.0, "evaluation_threshold": 0.01},
    "figures": {"num_example_clips": 1},
}
TABLES = [
    f"results/{table}.csv"
    for table in ("evaluate/scores", "models/members", "models/validation", "recordings/split")
]
MEMBERS = ["factorised1", "dwiseneuro1", "P"]


def save_checkpoint(path, num_neurons):
    """A checkpoint in the published format, of untrained weights."""
    torch.manual_seed(3)
    settings = DwiseNeuroSettings(**SIZE)
    mice = {f"{place}": count for place, count in enumerate(num_neurons)}
    save_published(path, DwiseNeuro(settings, mice), settings)


def read_rows(path):
    with open(path) as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def unlike(make_repository, tmp_path_factory):
    pipeline = make_repository(tmp_path_factory.mktemp("unlike") / "repository")
    count = SMOKE["recordings"]["simulated"]["num_neurons"]
    pipeline.configure({"recordings.mice": {"A": MOUSE}})
    save_checkpoint(pipeline.folder / "published.pth", [count, count])
    pipeline.run(*TABLES, overlay=UNLIKE).succeeded()
    return pipeline


def test_every_member_is_reconstructed_and_scored(unlike):
    rows = read_rows(unlike.folder / "results/evaluate/scores.csv")
    assert {r["member"] for r in rows if r["source"] == "member"} == set(MEMBERS)
    sizes = read_rows(unlike.folder / "results/evaluate/ensemble_sizes.csv")
    assert {row["num_members"] for row in sizes} == {"1", "2", "3"}


def test_every_member_has_a_curve_and_a_card(unlike):
    rows = read_rows(unlike.folder / "results/models/members.csv")
    assert [(row["member"], row["mouse"]) for row in rows] == [(member, "A") for member in MEMBERS]
    assert {row["source"] for row in rows} == {"trained here", "loaded from published.pth"}
    curves = read_rows(unlike.folder / "results/models/validation.csv")
    assert {row["member"] for row in curves} == set(MEMBERS)
    for member in MEMBERS:
        card = (unlike.folder / f"results/models/member-{member}/card.md").read_text()
        front = yaml.safe_load(card.split("---\n")[1])
        assert set(front["mice"]) == {"A"}
        assert front["versions"]["torch"]


def test_the_split_shares_no_movie(unlike):
    rows = read_rows(unlike.folder / "results/recordings/split.csv")
    used = [[int(row[name]) > 0 for name in ("training", "validation", "held_out")] for row in rows]
    assert max(map(sum, used)) == 1
    assert all(row["fold"] == "0" for row in rows if int(row["held_out"]))


WRONG = {
    "wrong number of neurons": (
        [40, 41],
        RECORDINGS,
        f"published.pth: readout 1, of recording 90001-1-1, has 41 neurons, but mouse A ({MOUSE}) has 40; "
        "they do not belong together",
    ),
    "missing readout": (
        [40, 40],
        ["90002-1-1", "90003-1-1"],
        "recordings.mice.A: recording 90001-1-1 is none of models.load.readouts; loaded members predict only the "
        "neurons of those",
    ),
    "readouts of other mice": (
        [40, 40],
        ["90001-1-1"],
        "published.pth: has 2 readouts, but models.load.readouts names 1 recordings; list the recording of each "
        "readout, in the order of the file",
    ),
    "readouts in another order": (
        [40, 40],
        ["29515-10-12", "90001-1-1"],
        "published.pth: readout 0 has 40 neurons, but recording 29515-10-12, named there by models.load.readouts, "
        "has 7863; correct the order",
    ),
}


@pytest.mark.parametrize(("neurons", "readouts", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_a_checkpoint_of_other_mice_is_refused(unlike, neurons, readouts, sentence):
    save_checkpoint(unlike.folder / "published.pth", neurons)
    load = {"files": {"P": "published.pth"}, "readouts": readouts, "num_folds": 2}
    overlay = UNLIKE | {"models": UNLIKE["models"] | {"load": load}}
    run = unlike.run("results/models/member-P/member.pt", overlay=overlay)
    assert run.code != 0
    assert sentence in run.text


def test_a_truncated_checkpoint_is_refused(unlike):
    save_checkpoint(unlike.folder / "published.pth", [40, 40])
    path = unlike.folder / "published.pth"
    path.write_bytes(path.read_bytes()[:-500])
    run = unlike.run("results/models/member-P/member.pt", overlay=UNLIKE)
    assert run.code != 0
    assert "ValueError: published.pth: not a readable checkpoint of plain tensors" in run.text
