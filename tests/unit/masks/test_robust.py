"""The default mask: its gain, where it stops, what it ends with."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from masks.blend import blend
from masks.robust import STEPS, RobustAlpha, draw_clips
from masks.settings import RobustAlphaSettings
from models.data import MouseData
from models.encoder import ClipSpec, add_behavior, predict_windows
from tests.tiny import LinearEncoder, write_recording

SETTINGS = RobustAlphaSettings(
    seed=1,
    num_members=1,
    num_steps=30,
    batch_clips=2,
    step=0.1,
    momentum=0.5,
    blur_sigma_px=0.3,
    size_penalty=0.0,
    explained_share=0.7,
)
SEEN = np.zeros((36, 64), bool)
SEEN[10:16, 20:28] = True
SPEC = ClipSpec(8, warmup_frames=2)


def make_encoder(spec: ClipSpec = SPEC, scale: float = 1.0) -> LinearEncoder:
    """Neurons that see nothing outside `SEEN`."""
    generator = torch.Generator().manual_seed(3)
    weight_NHW = torch.rand(5, 36, 64, generator=generator) * torch.from_numpy(SEEN)
    return LinearEncoder(scale * weight_NHW / 255, spec)


def make_data(folder, encoder) -> MouseData:
    recording = write_recording(folder / "mouse", respond=encoder.respond)
    return MouseData(recording, [0, 1, 4], [5, 9], "content")


@pytest.fixture
def training(tmp_path) -> RobustAlpha:
    encoder = make_encoder()
    return RobustAlpha((encoder,), "A", make_data(tmp_path, encoder), SETTINGS)


def run(training: RobustAlpha) -> dict:
    state = training.start()
    while not training.finished(state) and len(state["losses"]) < training.settings.num_steps:
        training.step(state)
    return state


def test_it_stops_when_validation_clips_are_explained(training):
    """The encoder is the truth: with the seen pixels uncovered, all is explained."""
    settings = replace(SETTINGS, num_steps=60, explained_share=0.8)
    state = run(replace(training, settings=settings))
    assert state["shown"] == pytest.approx(0, abs=1e-6)
    assert len(state["losses"]) < 60
    assert state["explained"][-1] >= 0.8
    assert max(state["explained"][:-1]) < 0.8
    assert (state["alpha"].numpy()[SEEN] > 0.3).mean() > 0.8
    assert float(state["alpha"].max()) <= 1
    assert float(state["alpha"].numpy()[~SEEN & ~grown(SEEN)].max()) == 0


def grown(mask_HW: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(mask_HW)
    found = np.zeros_like(mask_HW)
    found[rows.min() - 7 : rows.max() + 8, columns.min() - 7 : columns.max() + 8] = True
    return found


def test_it_stops_at_the_last_step_at_most(training):
    never = replace(training, settings=replace(SETTINGS, explained_share=1.0, num_steps=4))
    assert len(run(never)["losses"]) == 4


def test_a_size_penalty_makes_the_mask_tighter(training):
    free = run(replace(training, settings=replace(SETTINGS, explained_share=1.0)))
    tight = run(
        replace(training, settings=replace(SETTINGS, explained_share=1.0, size_penalty=0.3))
    )
    assert float(tight["alpha"].sum()) < 0.8 * float(free["alpha"].sum())


def test_the_gain_equals_its_definition(training):
    clips = training.draw((STEPS, 0))
    variance_N, alpha_HW = torch.arange(1.0, 6.0), torch.full((36, 64), 0.3)
    gain_HW, loss = training.gain(alpha_HW, clips, variance_N)
    leaf_HW = alpha_HW.clone().requires_grad_()
    movie = blend(leaf_HW, clips.foreground_BTHW, clips.background_BTHW)
    rates = predict_windows(make_encoder(), add_behavior(movie, clips.behavior_BCT), "A")
    error = ((rates - clips.responses_BNT)[..., 2:].square() / variance_N[:, None]).mean()
    (gradient_HW,) = torch.autograd.grad(error, leaf_HW)
    assert loss == pytest.approx(float(error.detach()))
    # blurred by .3 pixels: 98 % of the middle stays
    torch.testing.assert_close(gain_HW.sum(), -gradient_HW.sum(), rtol=1e-4, atol=0)
    assert torch.corrcoef(torch.stack([gain_HW.ravel(), -gradient_HW.ravel()]))[0, 1] > 0.99


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_nothing_is_gained_outside_of_what_neurons_see(training, level):
    gain_HW, _ = training.gain(
        torch.full((36, 64), level), training.draw((STEPS, 1)), torch.ones(5)
    )
    assert float(gain_HW[torch.from_numpy(~grown(SEEN))].abs().max()) == 0
    if level == 1:  # all is explained: nothing is left to gain
        assert float(gain_HW.abs().max()) < 1e-6


def test_clips_come_from_two_trials_any_of_them_anywhere(training):
    encoder, data = training.encoders[0], training.data
    draws = [draw_clips(encoder, data.recording, [0, 1], 6, (seed,)) for seed in (1, 1, 2)]
    assert torch.equal(draws[0].foreground_BTHW, draws[1].foreground_BTHW)
    assert not torch.equal(draws[0].foreground_BTHW, draws[2].foreground_BTHW)
    for fore, back, responses in zip(
        draws[0].foreground_BTHW, draws[0].background_BTHW, draws[0].responses_BNT, strict=True
    ):
        assert not torch.equal(fore, back)
        np.testing.assert_allclose(responses, encoder.respond(fore.numpy()), rtol=1e-4)


@pytest.mark.parametrize("constant", [0.0, 0.1])
def test_a_neuron_that_never_changes_counts_nothing(tmp_path, constant):
    encoder, loud = make_encoder(), np.array([[1], [1], [0], [1], [1]], np.float32)
    recording = write_recording(
        tmp_path / "mouse",
        respond=lambda video, number: loud * encoder.respond(video) + constant * (1 - loud),
    )
    data = MouseData(recording, [0, 1, 4], [5, 9], "content")
    training = RobustAlpha((encoder,), "A", data, SETTINGS)
    variance_N = training.measure_variance()
    assert torch.isinf(variance_N).tolist() == [False, False, True, False, False]
    clips, alpha_HW = training.draw((STEPS, 0)), torch.ones(36, 64)
    # where all is shown, only the silent neuron is predicted wrongly
    assert float(training.error(encoder, alpha_HW, clips, torch.ones(5))) > 1e-3
    assert float(training.error(encoder, alpha_HW, clips, variance_N)) < 1e-6


def test_steps_read_training_trials_and_the_stop_validation_trials(training, monkeypatch):
    read = []
    frames = type(training.data.recording).frames

    def spy(recording, trial, *cut):
        read.append(trial)
        return frames(recording, trial, *cut)

    monkeypatch.setattr(type(training.data.recording), "frames", spy)
    state = training.start()
    assert set(read) == {0, 1, 4, 5, 9}
    read.clear()
    for _ in range(4):
        training.step(state)
    assert set(read) <= {0, 1, 4}


def test_the_gain_is_the_mean_over_members(training):
    members = (make_encoder(), make_encoder(scale=0.5))
    clips, variance_N = training.draw((STEPS, 0)), torch.ones(5)
    alpha_HW = torch.full((36, 64), 0.4)
    alone = [
        replace(training, encoders=(member,)).gain(alpha_HW, clips, variance_N)
        for member in members
    ]
    for order in (members, members[::-1]):
        together, loss = replace(training, encoders=order).gain(alpha_HW, clips, variance_N)
        torch.testing.assert_close(together, (alone[0][0] + alone[1][0]) / 2)
        assert loss == pytest.approx((alone[0][1] + alone[1][1]) / 2)


def test_momentum_and_step_move_alpha_as_they_say(training):
    state = training.start()
    drift_HW, unit = state["drift"].clone(), state["unit"]
    gain_HW, _ = training.gain(state["alpha"], training.draw((STEPS, 0)), state["variance_N"])
    training.step(state)
    drift_HW = 0.5 * drift_HW + 0.5 * gain_HW
    expected = (0.1 * drift_HW / unit).clamp(0, 1)
    torch.testing.assert_close(state["alpha"], expected)


def test_a_single_validation_trial_is_refused(training):
    alone = replace(training, data=replace(training.data, validation=[5]))
    with pytest.raises(ValueError, match="1 trials; blending two movies needs at least 2"):
        alone.start()


def test_members_that_predict_nothing_run_to_the_last_step_and_are_told(training, caplog):
    caplog.set_level("INFO")
    blind = LinearEncoder(torch.zeros(5, 36, 64), SPEC)
    state = run(replace(training, encoders=(blind,), settings=replace(SETTINGS, num_steps=3)))
    assert "no better from the movie that was shown" in caplog.text
    assert np.isnan(state["explained"]).tolist() == [True] * 3
    assert float(state["alpha"].max()) == 0
