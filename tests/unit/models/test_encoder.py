"""The interface of all encoders: canvas, input channels, interleaved windows, whole trials."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.encoder import (
    ClipSpec,
    Encoder,
    add_behavior,
    predict_trial,
    predict_windows,
    stack_inputs,
)
from tests.tiny import LinearEncoder, make_movie, make_trial, noise_responses

SQUARE = ClipSpec(16, frame_step=2, canvas_height=64, canvas_width=64, top=14)


class MeanEncoder(Encoder):
    """Two neurons: the mean of each frame, and its square."""

    def __init__(self, spec: ClipSpec):
        super().__init__()
        self.spec, self.num_neurons = spec, {"A": 2}

    def forward(self, inputs, mouse):
        mean_BT = inputs[:, 0].mean((-2, -1))
        return torch.stack([mean_BT, mean_BT**2], dim=1)


def draw_inputs(num_windows: int, num_frames: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(num_windows, 5, num_frames, 36, 64, generator=generator)


@pytest.fixture
def trial():
    return make_trial(3, make_movie(0), lambda video: noise_responses(video, 0))


def test_a_canvas_of_screen_size_is_the_screen():
    screen = torch.rand(4, 36, 64)
    assert torch.equal(ClipSpec(16).place(screen), screen)


def test_the_screen_lies_where_the_specification_says():
    canvas = replace(SQUARE, padding_value=3.0).place(torch.full((2, 5, 36, 64), 200.0))
    assert canvas.shape == (2, 5, 64, 64)
    assert (canvas[..., 14:50, :] == 200).all()
    assert (canvas[..., :14, :] == 3).all()
    assert (canvas[..., 50:, :] == 3).all()


def test_the_screen_of_a_canvas_is_what_was_placed():
    spec = replace(SQUARE, canvas_width=80, left=9)
    screen = torch.rand(3, 36, 64)
    assert torch.equal(spec.place(screen)[..., *spec.screen], screen)


def test_padding_can_be_chosen_at_the_call():
    spec = replace(SQUARE, padding_value=3.0)
    assert float(spec.place(torch.ones(36, 64), padding=0.0).sum()) == 36 * 64


def test_windows_and_scored_frames_count_interleaved_clips():
    spec = ClipSpec(16, frame_step=2, warmup_frames=3)
    assert spec.window_frames == 32
    np.testing.assert_array_equal(np.flatnonzero(spec.scored), np.arange(6, 32))


def test_behaviour_fills_its_planes_behind_the_movie(trial):
    inputs = stack_inputs(trial, SQUARE)
    assert inputs.shape == (5, 40, 64, 64)
    np.testing.assert_array_equal(inputs[0, :, 14:50], trial.video_THW)
    assert float(inputs[0, :, :14].abs().max()) == 0
    for channel in range(4):
        expected = torch.from_numpy(trial.behavior_CT[channel])[:, None, None]
        assert torch.equal(inputs[1 + channel], expected.expand(40, 64, 64))


def test_a_batch_of_inputs_is_its_members():
    movies, behavior = torch.rand(3, 8, 36, 64), torch.rand(3, 4, 8)
    batch = add_behavior(movies, behavior)
    for movie, one, inputs in zip(movies, behavior, batch, strict=True):
        assert torch.equal(add_behavior(movie, one), inputs)


def test_with_step_one_a_window_is_a_clip():
    encoder = MeanEncoder(ClipSpec(8))
    inputs = draw_inputs(3, 8)
    assert torch.equal(predict_windows(encoder, inputs, "A"), encoder(inputs, "A"))


@pytest.mark.parametrize("step", [2, 3])
def test_a_window_is_its_clips_interleaved(step):
    class Trend(MeanEncoder):
        def forward(self, inputs, mouse):
            return super().forward(inputs, mouse).cumsum(-1)

    encoder = Trend(ClipSpec(8, frame_step=step))
    inputs = draw_inputs(4, 8 * step)
    rates = predict_windows(encoder, inputs, "A")
    assert rates.shape == (4, 2, 8 * step)
    for window in range(4):
        for first in range(step):
            clip = encoder(inputs[window : window + 1, :, first::step], "A")[0]
            torch.testing.assert_close(rates[window, :, first::step], clip)


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("warmup", [0, 3])
@pytest.mark.parametrize(("stride", "batch"), [(1, 8), (1, 1), (2, 3), (5, 100)])
def test_a_trial_of_frame_means_is_predicted_exactly(trial, step, warmup, stride, batch):
    encoder = MeanEncoder(ClipSpec(8, frame_step=step, warmup_frames=warmup))
    inputs = stack_inputs(trial, encoder.spec)
    rates = predict_trial(encoder, inputs, "A", stride, batch)
    mean_T = inputs[0].mean((1, 2))
    torch.testing.assert_close(rates, torch.stack([mean_T, mean_T**2]))


@pytest.mark.parametrize("step", [1, 2])
def test_a_stride_that_leaves_frames_unpredicted_is_refused(trial, step):
    encoder = MeanEncoder(ClipSpec(8, frame_step=step, warmup_frames=3))
    inputs = stack_inputs(trial, encoder.spec)
    with pytest.raises(ValueError, match="stride"):
        predict_trial(encoder, inputs, "A", stride_frames=5 * step + 1)


def test_every_frame_is_the_mean_over_the_clips_that_hold_it(trial):
    class Place(MeanEncoder):
        def forward(self, inputs, mouse):
            place_T = torch.arange(float(inputs.shape[2]))
            return place_T.expand(len(inputs), 2, -1)

    inputs = stack_inputs(trial, ClipSpec(4))[:, :7]
    rates = predict_trial(Place(ClipSpec(4)), inputs, "A")
    torch.testing.assert_close(rates[0], torch.tensor([0.0, 0.5, 1, 1.5, 2, 2.5, 3]))
    rates = predict_trial(Place(ClipSpec(4, warmup_frames=2)), inputs, "A")
    torch.testing.assert_close(rates[0], torch.tensor([0.0, 1, 2, 2.5, 2.5, 2.5, 3]))


def test_a_trial_shorter_than_a_window_is_refused(trial):
    encoder = MeanEncoder(ClipSpec(21, frame_step=2))
    with pytest.raises(ValueError, match="trial of 40 frames; the encoder needs at least 42"):
        predict_trial(encoder, stack_inputs(trial, encoder.spec), "A")


def test_the_stand_in_encoder_answers_what_it_says():
    weight_NHW = torch.rand(3, 36, 64, generator=torch.Generator().manual_seed(0)) / 2304
    encoder = LinearEncoder(weight_NHW, SQUARE)
    trial = make_trial(0, make_movie(0, 8), encoder.respond)
    rates = encoder(stack_inputs(trial, SQUARE)[None], "A")[0]
    np.testing.assert_allclose(rates, trial.responses_NT, rtol=1e-4)


class SmallMemory(MeanEncoder):
    """Runs out of memory above three clips."""

    def __init__(self, spec: ClipSpec, limit: int = 3):
        super().__init__(spec)
        self.limit, self.sizes = limit, []

    def forward(self, inputs, mouse):
        self.sizes.append(len(inputs))
        if len(inputs) > self.limit:
            raise torch.OutOfMemoryError
        return super().forward(inputs, mouse)


def test_clips_that_do_not_fit_the_memory_are_predicted_in_smaller_batches(trial):
    encoder = SmallMemory(ClipSpec(8))
    inputs = stack_inputs(trial, encoder.spec)
    found = predict_trial(encoder, inputs, "A", batch_clips=10)
    assert encoder.sizes[:3] == [10, 5, 2]
    assert set(encoder.sizes[3:]) <= {1, 2}
    expected = predict_trial(MeanEncoder(encoder.spec), inputs, "A", batch_clips=2)
    assert torch.equal(found, expected)


def test_one_clip_that_does_not_fit_is_an_error(trial):
    encoder = SmallMemory(ClipSpec(8), limit=0)
    with pytest.raises(torch.OutOfMemoryError):
        predict_trial(encoder, stack_inputs(trial, encoder.spec), "A")
