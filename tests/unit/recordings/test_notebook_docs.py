"""The examples of docs/notebook.md run, in order, and give what the text says."""

import re
from functools import partial
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

from recordings.catalogue.labels import LABELS
from recordings.catalogue.publish import export_published
from recordings.catalogue.published_format import locate_parts
from recordings.notebook import Recordings
from recordings.repeats import Repeats
from recordings.simulate import schedule
from tests.catalogued import FIRST, write_catalogue, write_recordings
from tests.published import TWO, make_catalogue

TEXT = (Path(__file__).resolve().parents[3] / "docs/notebook.md").read_text()
NUM_VIDEOS = ("train", "main", "gabor", "gaussian_dot", "random_dots", "pink_noise")
SMALL = {f"num_{name}_videos": 1 for name in (*NUM_VIDEOS, "natural_images")}
"""the simulated session of the text in seconds"""
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_recordings(tmp_path / "data/sensorium2023")
    write_catalogue(tmp_path / "results/recordings/catalogue")
    metadata = tmp_path / "data/published-metadata"
    export_published(make_catalogue(hidden=(0, 1)), metadata)
    locate_parts(metadata, TWO)[2].with_suffix(".json").unlink()  # it says that zeros do not count
    small = partial(schedule.SessionSettings, num_repeats=1, num_neurons=4, **SMALL)
    monkeypatch.setattr(schedule, "SessionSettings", small)
    with matplotlib.rc_context({"backend": "agg"}):
        yield tmp_path
        plt.close("all")


def test_all_examples_run_in_order(folder, capsys):
    names = {}
    for number, example in enumerate(EXAMPLES):
        exec(compile(example, f"docs/notebook.md, example {number}", "exec"), names)
    assert set(names["truth"].trials.label) == set(LABELS)
    simulated = sorted(path.name for path in Path("data/session").iterdir())
    assert re.findall(r"^    [AB]: (.*)$", TEXT, re.MULTILINE) == simulated
    assert isinstance(names["opened"], Recordings)
    assert isinstance(names["repeats"], Repeats)
    assert names["mouse"] == FIRST
    assert names["responses_NT"].shape[1] == len(names["shown"].video_THW)
    assert (np.diag(names["matrix"]) < 1e-9).all()
    assert set(names["biased"]) == set(names["corrected"].recording) == {TWO}
    assert (names["corrected"].mean_activation > names["neurons"].mean_activation).all()
    for number in plt.get_fignums():
        plt.figure(number).draw_without_rendering()
    assert len(plt.get_fignums()) == 3
    assert FIRST in capsys.readouterr().out


def test_every_plot_is_shown():
    from figures import recording_plots

    drawn = {name for name in vars(recording_plots) if name.startswith("draw_")}
    assert {name for name in drawn if f"plots.{name}(" not in TEXT} == {"draw_boundaries"}
