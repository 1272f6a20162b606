"""Two equal runs at different times leave the same bytes: nothing that is compared holds a time or a temporary name."""

import time

import pytest
import torch

from evaluate.jobs import ScoringInputs, write_clips
from evaluate.tables import Scoring
from reconstruct.ensemble import write_ensemble
from reconstruct.settings import SmoothingSettings
from recordings.resume import write_tensors
from tests.unit.reconstruct.test_jobs import make_encoder, make_job

SMOOTHING = SmoothingSettings(0.5, 0.5)


def write_everything(folder, method: str) -> dict[str, bytes]:
    """Movies, ensemble and clips of a run in a folder of its own."""
    folder.mkdir()
    job = make_job(folder, method)
    job.run((make_encoder(),), "cpu")
    made = {name: str(folder / f"{name}.h5") for name in ("movies", "ensemble", "clips")}
    write_ensemble(made["ensemble"], [made["movies"]], SMOOTHING)
    trials, mask_HW = job.trials(), job.mask()
    shown = [trial.video_THW for trial in trials]
    scoring = Scoring("A", [trial.number for trial in trials], shown, mask_HW, 2)
    write_clips(made["clips"], ScoringInputs("A", made["ensemble"], {}, {}, SMOOTHING), scoring)
    return {name: (folder / f"{name}.h5").read_bytes() for name in made}


@pytest.mark.parametrize("method", ["map", "paper"])
def test_equal_runs_write_equal_hdf5_files(tmp_path, method):
    first = write_everything(tmp_path / "first", method)
    time.sleep(1.1)  # HDF5 counts whole seconds
    again = write_everything(tmp_path / "again", method)
    assert [name for name in first if first[name] != again[name]] == []


def test_the_name_of_a_file_of_tensors_is_not_in_it(tmp_path):
    names = ["member.pt", ".member.writing-1.pt"]
    for name in names:
        write_tensors(tmp_path / name, {"state": {"weight": torch.arange(6.0)}})
    first, again = ((tmp_path / name).read_bytes() for name in names)
    assert first == again
