"""Closed-form checks of the simulated neurons and of the microscope that looks at them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from recordings.settings import SimulationSettings
from recordings.simulate import behaviour, responses
from recordings.simulate.fields import (
    ENERGY,
    GAZE_GAIN,
    OFF,
    ON,
    coverage,
    draw_neurons,
    spatial_filters,
    temporal_filters,
)
from recordings.simulate.microscope import NUM_PHASES, sampling_kernel
from recordings.simulate.neurons import (
    GREY,
    PUPIL_MIDDLE,
    SHARPNESS,
    SILENCE,
    TrueNeurons,
    inputs_of_trial,
)

NUM_NEURONS, NUM_FRAMES = 40, 36
GAZE_PX = np.array([130.0, 140.0], np.float32)


@pytest.fixture(scope="module")
def neurons():
    settings = SimulationSettings(
        seed=1,
        share_movies=True,
        num_neurons=NUM_NEURONS,
        num_training_clips=1,
        num_held_out_clips=1,
        num_held_out_repeats=1,
        num_hidden_clips=1,
        clip_frames=40,
        padded_frames=40,
        field_center_px=(17.0, 34.0),
        field_spread_px=(5.0, 9.0),
        noise=1.0,
    )
    drawn = draw_neurons(settings, GAZE_PX, np.random.default_rng(5))
    return replace(drawn, scale_N=np.full(NUM_NEURONS, 50, np.float32))


def movie(seed: int = 0, num_frames: int = NUM_FRAMES) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, (num_frames, 36, 64)).astype(np.float32)


def steady(gaze_shift_px: tuple[float, float] = (0, 0), num_frames: int = NUM_FRAMES):
    """Behaviour of a resting mouse that looks aside by pixels of the screen."""
    looks = GAZE_PX + np.array(gaze_shift_px) / GAZE_GAIN
    return np.repeat(np.array([45.0, 0.0, *looks])[:, None], num_frames, axis=1)


def test_a_grey_movie_drives_no_neuron_and_no_luminance_an_energy_neuron(neurons):
    model = TrueNeurons(neurons)
    silence = 1.01 * np.sqrt(SILENCE)
    for level in (0.0, GREY, 255.0):
        inputs = inputs_of_trial(np.full((NUM_FRAMES, 36, 64), level), steady())
        drive = model.drive(inputs)[0].abs().amax(dim=1)
        seen = neurons.kind_N != ENERGY
        assert drive[~seen].max() < 0.02
        assert (drive[seen].max() < silence) == (level == GREY)


def test_a_drive_far_below_threshold_gives_no_response(neurons):
    thresholds = 20 * neurons.scale_N
    model = TrueNeurons(replace(neurons, threshold_N=thresholds))
    assert model(inputs_of_trial(np.full((NUM_FRAMES, 36, 64), GREY), steady())).max() == 0


def test_the_rate_is_a_square_that_turns_into_a_line(neurons):
    model = TrueNeurons(replace(neurons, threshold_N=np.zeros(NUM_NEURONS, np.float32)))
    above_units = torch.tensor([0.0, 2.0, 4.0, 50.0])
    drive = (above_units * torch.from_numpy(neurons.scale_N)[:, None])[None]
    rate = model.rate(drive, torch.tensor([PUPIL_MIDDLE, 0.0])[None, :, None].expand(1, 2, 4))
    gain = torch.from_numpy(neurons.gain_N)[:, None]
    expected = gain * above_units[1:] ** 2 / (1 + above_units[1:])
    torch.testing.assert_close(rate[0, :, 1:], expected, rtol=1e-4, atol=0)
    faded = np.log(2) / SHARPNESS
    torch.testing.assert_close(rate[0, :, :1], gain * faded**2 / (1 + faded))


def test_filters_are_causal_and_only_round_and_simple_fields_see_luminance(neurons):
    total = spatial_filters(neurons).sum(axis=(2, 3))
    assert np.abs(total[neurons.kind_N == ENERGY]).max() < 1e-4
    assert total[neurons.kind_N == ON, 0].min() > 0.1
    assert total[neurons.kind_N == OFF, 0].max() < -0.1
    assert np.all(temporal_filters(neurons)[..., -1] == 0)


def test_quadrature_partners_are_orthogonal_in_space(neurons):
    bars = spatial_filters(neurons)[neurons.kind_N < ON].reshape(-1, 2, 36 * 64)
    assert np.median(np.abs((bars[:, 0] * bars[:, 1]).sum(axis=1))) < 0.3


@pytest.mark.parametrize("shift_px", [(2, 0), (-1, 0), (0, 2)])
def test_looking_aside_equals_a_movie_moved_the_other_way(neurons, shift_px):
    model, shown = TrueNeurons(neurons), movie()
    moved = np.roll(shown, (-shift_px[1], -shift_px[0]), axis=(1, 2))
    aside, straight = inputs_of_trial(shown, steady(shift_px)), inputs_of_trial(moved, steady())
    seen = [model.look(x[:, 0], x[:, 3:5, :, 0, 0])[0, :, 3:-3, 3:-3] for x in (aside, straight)]
    torch.testing.assert_close(*seen, rtol=0, atol=0.01)


def test_only_energy_neurons_ignore_contrast_polarity(neurons):
    model = TrueNeurons(neurons)
    plain, inverted = (
        model.drive(inputs_of_trial(x, steady()))[0] for x in (movie(), 256 - movie())
    )
    energy = neurons.kind_N == ENERGY
    torch.testing.assert_close(plain[energy], inverted[energy], rtol=1e-3, atol=0.01)
    torch.testing.assert_close(plain[~energy], -inverted[~energy], rtol=1e-3, atol=0.01)


def test_a_selective_neuron_prefers_one_direction(neurons):
    """Bars that drift with a neuron's own wavelength and frequency drive it one way and not the other."""
    one = {
        "kind_N": ENERGY, "center_px_N2": (18.0, 32.0), "orientation_rad_N": 0.0, "sigma_px_N": 3.0,
        "wavelength_px_N": 9.0, "temporal_hz_N": 4.0, "direction_N": 1.0,
    }  # fmt: skip
    tuned = replace(
        neurons,
        **{name: np.full_like(getattr(neurons, name), value) for name, value in one.items()},
    )
    angle = 2 * np.pi * (np.arange(64) / 9.0)[None, None] + np.zeros((1, 36, 1))
    turn = 2 * np.pi * 4.0 / 30.0 * np.arange(60)[:, None, None]
    drives = [
        TrueNeurons(tuned).drive(
            inputs_of_trial(128 + 60 * np.cos(angle + way * turn), steady(num_frames=60))
        )
        for way in (1, -1)
    ]
    strong, weak = sorted(drive[0, :, 20:].mean().item() for drive in drives)[::-1]
    assert strong > 3 * weak


def test_running_scales_the_response_of_a_neuron(neurons):
    model = TrueNeurons(neurons)
    running = steady()
    running[1] = 20.0
    rest, run = (model(inputs_of_trial(movie(), b))[0].sum(dim=1) for b in (steady(), running))
    expected = torch.from_numpy(np.exp(2 * neurons.running_weight_N))
    torch.testing.assert_close(run, rest * expected, rtol=1e-3, atol=1e-3)


def test_the_future_beyond_the_microscope_does_not_matter(neurons):
    model, changed = TrueNeurons(neurons), movie()
    changed[24:] = 0
    ahead = len(sampling_kernel()[0]) - 1 - sampling_kernel()[1]
    a, b = (model(inputs_of_trial(x, steady()))[..., : 24 - ahead] for x in (movie(), changed))
    torch.testing.assert_close(a, b, rtol=0, atol=1e-4)


def test_the_gradient_reaches_the_movie(neurons):
    inputs = inputs_of_trial(movie(), steady()).requires_grad_()
    TrueNeurons(neurons)(inputs).sum().backward()
    gradient = inputs.grad[0, 0]
    assert torch.isfinite(gradient).all()
    assert (gradient.abs().amax(dim=(0, 1)) > 0).any()
    assert gradient[:, 17, 34].abs().max() > 0


@pytest.mark.parametrize("num_frames", [30, 300])
def test_any_length_and_batches_agree_with_single_trials(neurons, num_frames):
    model = TrueNeurons(neurons)
    trials = [
        inputs_of_trial(movie(seed, num_frames), steady(num_frames=num_frames)) for seed in (0, 1)
    ]
    with torch.no_grad():
        both = model(torch.cat(trials))
        torch.testing.assert_close(
            both, torch.cat([model(x) for x in trials]), rtol=1e-3, atol=1e-3
        )


def test_coverage_peaks_at_one_where_fields_gather(neurons):
    coverage_HW = coverage(neurons)
    row, column = np.unravel_index(coverage_HW.argmax(), coverage_HW.shape)
    assert coverage_HW.max() == 1
    assert abs(row - 17) < 6
    assert abs(column - 34) < 10
    assert coverage_HW[0, 0] < 0.1


def test_the_expected_response_is_the_mean_over_sampling_phases(neurons):
    rate_NT = np.random.default_rng(0).gamma(0.3, 1.0, (NUM_NEURONS, 50)).astype(np.float32)
    planes = np.arange(NUM_NEURONS) % responses.NUM_PLANES
    sampled = [responses.sample_mean(rate_NT, planes, phase) for phase in range(NUM_PHASES)]
    observed = TrueNeurons(neurons).observed(torch.from_numpy(rate_NT)[None])[0].numpy()
    np.testing.assert_allclose(np.mean(sampled, axis=0), observed, atol=1e-5)
    assert sampling_kernel()[0].sum() == pytest.approx(1, abs=1e-6)


def test_events_average_to_the_expected_response():
    rng = np.random.default_rng(0)
    rate_NT, sizes = np.full((50, 3000), 2.0, np.float32), np.full(50, 3.0)
    events = responses.sample_events(rate_NT, np.zeros(50, int), sizes, 0, rng)
    variance = responses.INTERPOLATED_VARIANCE * 2.0 * 3.0 * (1 + 1 / responses.AMPLITUDE_SHAPE)
    assert events.min() >= 0
    assert events.mean() == pytest.approx(2.0, rel=0.02)
    assert events.var() == pytest.approx(variance, rel=0.05)


def test_behavior_stays_in_the_ranges_of_real_mice():
    rng = np.random.default_rng(2)
    center_px = behaviour.draw_gaze_center_px(rng)
    pupil, running, x, y = behaviour.simulate_behavior(60, 150, center_px, rng).transpose(1, 0, 2)
    assert pupil.min() >= 10
    assert pupil.max() <= 92
    assert running.min() >= 0
    assert running.max() <= 47
    assert np.median(running) < 0.1
    assert running.max() > 5
    assert min(x.min(), y.min()) > 85
    assert max(x.max(), y.max()) < 219
    for signal in (pupil, running, x):
        assert np.corrcoef(signal[:, 1:].ravel(), signal[:, :-1].ravel())[0, 1] > 0.9
