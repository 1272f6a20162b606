"""Training data: batches are cuts of trials, statistics are those of the training trials."""

import numpy as np
import pandas as pd
import pytest
import torch

from models.data import CELL_PX, LAGS_FRAMES, MouseData, draw_batch, open_mice, summarise_training
from models.encoder import ClipSpec
from recordings.selection import HELD_OUT, TRAINING, VALIDATION
from tests.tiny import SHOWS, write_recording

SPEC = ClipSpec(8, frame_step=2, canvas_height=40, top=3)
CELLS = [(0, 0), (4, 9), (8, 15)]


def luminance_responses(video_THW: np.ndarray, number: int) -> np.ndarray:
    """Neuron n follows the luminance of its cell, by one of the lags that are looked for."""
    return np.stack(
        [
            np.roll(cut(video_THW, cell).mean((1, 2)), lag)
            for cell, lag in zip(CELLS, LAGS_FRAMES, strict=True)
        ]
    )


def cut(video_THW: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    row, column = (CELL_PX * index for index in cell)
    return video_THW[:, row : row + CELL_PX, column : column + CELL_PX]


@pytest.fixture
def mice(tmp_path) -> dict[str, MouseData]:
    training = [number for number, (tier, _) in SHOWS.items() if tier == "train"]
    return {
        mouse: MouseData(
            write_recording(tmp_path / mouse, respond=luminance_responses), training, [1], mouse
        )
        for mouse in "AB"
    }


def test_the_same_seed_and_update_draw_the_same_clips(mice):
    first, again = (draw_batch(mice, SPEC, 3, seed=5, update=7) for _ in range(2))
    assert first.mouse == again.mouse
    assert torch.equal(first.inputs_BCTHW, again.inputs_BCTHW)
    assert torch.equal(first.responses_BNT, again.responses_BNT)


@pytest.mark.parametrize(("seed", "update"), [(6, 7), (5, 9)])
def test_another_seed_or_update_draws_others(mice, seed, update):
    first = draw_batch(mice, SPEC, 3, seed=5, update=7)
    other = draw_batch(mice, SPEC, 3, seed, update)
    assert not torch.equal(first.inputs_BCTHW, other.inputs_BCTHW)


def test_mice_take_turns(mice):
    assert [draw_batch(mice, SPEC, 1, 0, update).mouse for update in range(4)] == list("ABAB")


def test_clips_are_cuts_of_training_trials(mice):
    batch = draw_batch(mice, SPEC, 6, seed=0, update=0)
    assert batch.inputs_BCTHW.shape == (6, 5, 8, 40, 64)
    trials = [mice["A"].recording.trial(number) for number in mice["A"].training]
    for inputs, responses in zip(batch.inputs_BCTHW, batch.responses_BNT, strict=True):
        starts = [
            (trial, start)
            for trial in trials
            for start in range(26)
            if np.array_equal(trial.responses_NT[:, start : start + 16 : 2], responses)
        ]
        assert len(starts) == 1
        trial, start = starts[0]
        frames = slice(start, start + 16, 2)
        np.testing.assert_array_equal(inputs[0, :, 3:39], trial.video_THW[frames])
        np.testing.assert_array_equal(inputs[1:, :, 0, 0], trial.behavior_CT[:, frames])


def test_statistics_are_those_of_all_training_frames(mice):
    data = mice["A"]
    statistics = summarise_training(data)
    trials = [data.recording.trial(number) for number in data.training]
    video = np.concatenate([trial.video_THW for trial in trials]).astype(np.float64)
    behavior = np.concatenate([trial.behavior_CT for trial in trials], axis=1)
    responses = np.concatenate([trial.responses_NT for trial in trials], axis=1)
    assert statistics.movie_mean == pytest.approx(video.mean())
    assert statistics.movie_std == pytest.approx(video.std())
    np.testing.assert_allclose(statistics.behavior_mean_C, behavior.mean(1), rtol=1e-5)
    np.testing.assert_allclose(statistics.behavior_std_C, behavior.std(1), rtol=1e-3)
    np.testing.assert_allclose(statistics.response_mean_N, responses.mean(1), rtol=1e-5)


def test_fields_are_found_where_the_neurons_look(mice):
    expected = [[CELL_PX * index + (CELL_PX - 1) / 2 for index in cell] for cell in CELLS]
    np.testing.assert_array_equal(summarise_training(mice["A"]).field_N2, expected)


def test_mice_are_opened_with_their_sets(tmp_path):
    rows = [("1", 4, TRAINING), ("1", 2, HELD_OUT), ("1", 0, TRAINING), ("B", 9, VALIDATION)]
    table = pd.DataFrame(rows, columns=["mouse", "trial", "set"])
    table.assign(content="x").to_csv(tmp_path / "sets.csv", index=False)
    folders = [str(write_recording(tmp_path / name).folder) for name in ("one", "two")]
    mice = open_mice(["1", "B"], folders, tmp_path / "sets.csv")
    assert (mice["1"].training, mice["1"].validation) == ([0, 4], [])
    assert (mice["B"].training, mice["B"].validation) == ([], [9])
    assert [str(data.recording.folder) for data in mice.values()] == folders
