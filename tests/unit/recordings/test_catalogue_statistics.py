"""Statistics of neurons: those of all measured frames together, whatever the blocks and the workers."""

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.statistics import select_measured, summarise_neurons
from recordings.reader import Recording
from tests.tiny import save

LENGTHS = {0: 40, 1: 37, 5: 44, 7: 44}
"""valid frames of each trial; those of 7 are hidden"""
NUM_NEURONS, NUM_FRAMES = 11, 44
IDS = np.arange(NUM_NEURONS) * 3 + 2
TRIALS = pd.DataFrame(
    {
        "trial": list(LENGTHS),
        "valid_frames_response": list(LENGTHS.values()),
        "response_state": ["measured", "constant", "measured", "hidden"],
    }
)
MEASURED = {trial: LENGTHS[trial] for trial in (0, 1, 5)}


@pytest.fixture(params=["float32", "float64"])
def recording(tmp_path, request):
    rng = np.random.default_rng(3)
    for trial, length in LENGTHS.items():
        values = np.full((NUM_NEURONS, NUM_FRAMES), np.nan, request.param)
        values[:, :length] = rng.gamma(0.5, 20, (NUM_NEURONS, length)) if trial != 7 else 0
        save(tmp_path / f"data/responses/{trial}.npy", values)
        save(tmp_path / f"data/videos/{trial}.npy", np.zeros((36, 64, NUM_FRAMES), "float32"))
    save(tmp_path / "meta/neurons/unit_ids.npy", IDS)
    coordinates = np.arange(3 * NUM_NEURONS).reshape(NUM_NEURONS, 3)
    save(tmp_path / "meta/neurons/cell_motor_coordinates.npy", coordinates)
    return Recording(tmp_path)


def test_hidden_trials_do_not_count():
    assert select_measured(TRIALS) == MEASURED


@pytest.mark.parametrize("length", [40, 39])
def test_equal_to_numpy_on_all_frames_together(recording, length):
    frames = MEASURED | {0: length}  # an even and an odd number of samples
    table = summarise_neurons(recording, frames)
    parts = [recording.array("responses", trial)[:, :stop] for trial, stop in frames.items()]
    together = np.concatenate(parts, axis=1).astype(np.float64)
    for name in ("mean", "median", "min", "max", "std"):
        expected = getattr(np, name)(together, axis=1)
        np.testing.assert_allclose(table[f"{name}_activation"], expected, rtol=1e-12, err_msg=name)
    assert table.ID.tolist() == IDS.tolist()
    assert table[["coord_x", "coord_y", "coord_z"]].to_numpy()[2].tolist() == [6, 7, 8]


def test_blocks_and_workers_change_nothing(recording):
    table = summarise_neurons(recording, MEASURED)
    row = 8 * sum(MEASURED.values())
    for arguments in ({"block_bytes": 1}, {"block_bytes": 3 * row, "num_workers": 2}):
        pd.testing.assert_frame_equal(table, summarise_neurons(recording, MEASURED, **arguments))


def test_nothing_measured_is_nan(recording):
    table = summarise_neurons(recording, {})
    assert table.filter(like="activation").isna().all(axis=None)
    assert table.filter(like="activation").shape == (NUM_NEURONS, 5)


def test_nan_among_the_valid_frames_is_refused(recording):
    with pytest.raises(ValueError, match=r"responses/1.npy: NaN or infinity within the first 38"):
        summarise_neurons(recording, MEASURED | {1: 38})


def test_neurons_may_have_no_coordinates(recording):
    with_places = summarise_neurons(recording, MEASURED)
    (recording.folder / "meta/neurons/cell_motor_coordinates.npy").unlink()
    table = summarise_neurons(recording, MEASURED)
    places = ["coord_x", "coord_y", "coord_z"]
    assert table[places].isna().all(axis=None)
    pd.testing.assert_frame_equal(table.drop(columns=places), with_places.drop(columns=places))


def test_coordinates_of_other_neurons_are_refused(recording):
    save(recording.folder / "meta/neurons/unit_ids.npy", IDS[:-1])
    with pytest.raises(ValueError, match=r"unit_ids.npy: shape \(10,\), expected \(11,\)"):
        summarise_neurons(recording, MEASURED)
