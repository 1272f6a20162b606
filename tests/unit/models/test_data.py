"""Training data: batches are cuts of trials, statistics are those of the training trials."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from models.data import (
    CELL_PX,
    LAGS_FRAMES,
    MouseData,
    draw_batch,
    draw_box,
    open_mice,
    stream_batches,
    summarise_training,
)
from models.encoder import ClipSpec
from models.settings import TrainingSettings
from recordings.selection import HELD_OUT, TRAINING, VALIDATION
from tests.tiny import SHOWS, write_recording

SPEC = ClipSpec(8, frame_step=2, canvas_height=40, top=3)
TRAINING_SETTINGS = TrainingSettings(
    num_updates=10,
    batch_clips=6,
    learning_rate=0.1,
    weight_decay=0.0,
    ema_decay=0.9,
    warmup_updates=1,
    validate_every_updates=5,
    cutmix_probability=0.0,
    distillation_share=0.0,
    mixed_precision=False,
)
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


def draw(mice, seed: int = 5, update: int = 7, **changes):
    return draw_batch(mice, SPEC, replace(TRAINING_SETTINGS, **changes), seed, update)


def same_batch(one, other) -> bool:
    return (
        torch.equal(one.inputs_BCTHW, other.inputs_BCTHW)
        and one.clips == other.clips
        and all(torch.equal(one.responses[m], other.responses[m]) for m in one.responses)
    )


@pytest.mark.parametrize("cutmix", [0.0, 1.0])
def test_the_same_seed_and_update_draw_the_same_clips(mice, cutmix):
    first, again = (draw(mice, cutmix_probability=cutmix) for _ in range(2))
    assert same_batch(first, again)


@pytest.mark.parametrize(("seed", "update"), [(6, 7), (5, 9)])
def test_another_seed_or_update_draws_others(mice, seed, update):
    assert not torch.equal(draw(mice).inputs_BCTHW, draw(mice, seed, update).inputs_BCTHW)


def test_clips_are_shared_out_evenly_among_the_mice(mice):
    batches = [draw(mice, update=update, batch_clips=3) for update in range(4)]
    counts = [{m: c.stop - c.start for m, c in batch.clips.items()} for batch in batches]
    assert counts == [{"A": 2, "B": 1}, {"A": 1, "B": 2}] * 2
    assert [list(draw(mice, update=u, batch_clips=1).clips) for u in range(3)] == [
        ["A"],
        ["B"],
        ["A"],
    ]


def find_cut(data, responses) -> tuple:
    """The trial and first frame that these responses were cut from."""
    trials = [data.recording.trial(number) for number in data.training]
    found = [
        (trial, start)
        for trial in trials
        for start in range(26)
        if np.array_equal(trial.responses_NT[:, start : start + 16 : 2], responses)
    ]
    assert len(found) == 1
    return found[0]


def test_clips_are_cuts_of_training_trials(mice):
    batch = draw(mice)
    assert batch.inputs_BCTHW.shape == (6, 5, 8, 40, 64)
    for mouse, clips in batch.clips.items():
        for inputs, responses in zip(
            batch.inputs_BCTHW[clips], batch.responses[mouse], strict=True
        ):
            trial, start = find_cut(mice[mouse], responses)
            frames = slice(start, start + 16, 2)
            np.testing.assert_array_equal(inputs[0, :, 3:39], trial.video_THW[frames])
            np.testing.assert_array_equal(inputs[1:, :, 0, 0], trial.behavior_CT[:, frames])


def test_cutmix_mixes_targets_by_the_area_of_the_box(mice):
    """Behaviour fills its planes, so that each pixel tells from which of the two clips it is."""
    mixed = draw(mice, cutmix_probability=1.0, batch_clips=40)
    trials = {m: [d.recording.trial(n) for n in d.training] for m, d in mice.items()}
    shares = []
    for mouse, clips in mixed.clips.items():
        known = np.concatenate([t.responses_NT.T for t in trials[mouse]])
        behavior = np.concatenate([t.behavior_CT.T for t in trials[mouse]])
        for inputs, responses in zip(
            mixed.inputs_BCTHW[clips], mixed.responses[mouse], strict=True
        ):
            planes = inputs[1:, 3].flatten(1).T.numpy()
            kinds, counts = np.unique(planes, axis=0, return_counts=True)
            assert len(kinds) <= 2
            frames = [int(np.argmin(np.abs(behavior - kind).sum(1))) for kind in kinds]
            expected = sum(c * known[f] for c, f in zip(counts, frames, strict=True)) / counts.sum()
            np.testing.assert_allclose(responses[:, 3], expected, rtol=1e-4)
            shares.append(counts.min() / counts.sum())
    assert np.mean(np.array(shares) < 1) > 0.9


def test_a_box_is_inside_and_its_share_is_spread_from_none_to_most():
    rng = np.random.default_rng(0)
    boxes = [draw_box(36, 64, rng) for _ in range(500)]
    share = np.array([(r.stop - r.start) * (c.stop - c.start) / (36 * 64) for r, c in boxes])
    assert all(0 <= r.start <= r.stop <= 36 and 0 <= c.start <= c.stop <= 64 for r, c in boxes)
    assert share.min() < 0.02
    assert share.max() > 0.8
    assert 0.25 < share.mean() < 0.45


def test_batches_stream_in_order_each_once():
    drawn = []
    stream = stream_batches(lambda update: drawn.append(update) or update, range(3, 8))
    assert list(stream) == drawn == [3, 4, 5, 6, 7]
    assert list(stream_batches(str, range(5, 5))) == []


def test_an_error_of_the_reader_reaches_the_training():
    with pytest.raises(ZeroDivisionError):
        list(stream_batches(lambda update: 1 // (update - 2), range(5)))


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
    table.assign(content="x", place=None).to_csv(tmp_path / "sets.csv", index=False)
    folders = [str(write_recording(tmp_path / name).folder) for name in ("one", "two")]
    mice = open_mice(["1", "B"], folders, tmp_path / "sets.csv")
    assert (mice["1"].training, mice["1"].validation) == ([0, 4], [])
    assert (mice["B"].training, mice["B"].validation) == ([], [9])
    assert [str(data.recording.folder) for data in mice.values()] == folders
