"""Alpha: blending, its gradient, the blur, and the fit with its checkpoints."""

from dataclasses import replace

import h5py
import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from masks import alpha
from masks.alpha import (
    BLUR_RADIUS_PX,
    alpha_gradient,
    blend,
    draw_blend,
    fit_alpha,
    gaussian_blur,
    initial_alpha,
)
from masks.settings import AlphaSettings
from masks.thresholds import read_alpha
from models.data import MouseData
from models.encoder import ClipSpec, add_behavior, predict_windows
from tests.tiny import Interrupted, LinearEncoder, stop_after, write_recording

SETTINGS = AlphaSettings(seed=1, num_steps=5, batch_clips=2, step_size=10.0, blur_sigma_px=0.3)
SEEN = np.zeros((36, 64), bool)
SEEN[10:16, 20:28] = True


SPEC = ClipSpec(8, warmup_frames=2)


def make_encoder(spec: ClipSpec = SPEC, num_neurons=5) -> LinearEncoder:
    """Neurons that see nothing outside `SEEN`."""
    generator = torch.Generator().manual_seed(3)
    weight_NHW = torch.rand(num_neurons, 36, 64, generator=generator) * torch.from_numpy(SEEN)
    return LinearEncoder(weight_NHW / 255, spec)


@pytest.fixture
def encoder() -> LinearEncoder:
    return make_encoder()


@pytest.fixture
def data(tmp_path, encoder) -> MouseData:
    recording = write_recording(tmp_path / "mouse", respond=encoder.respond)
    return MouseData(recording, [0, 1, 4, 5, 9], [], "content")


def movies(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.rand(2, 2, 8, 36, 64, generator=generator) * 255)


def test_alpha_one_leaves_the_foreground():
    foreground, background = movies()
    assert torch.equal(blend(torch.ones(36, 64), foreground, background), foreground)


def test_alpha_zero_leaves_the_background_and_no_gradient_of_the_foreground():
    foreground, background = movies()
    foreground.requires_grad_()
    mixed = blend(torch.zeros(36, 64), foreground, background)
    assert torch.equal(mixed.detach(), background)
    mixed.sum().backward()
    assert float(foreground.grad.abs().max()) == 0


def test_alpha_is_the_share_of_the_foreground():
    foreground, background = movies()
    expected = 0.25 * foreground + 0.75 * background
    torch.testing.assert_close(blend(torch.full((36, 64), 0.25), foreground, background), expected)


def test_a_movie_over_itself_is_itself():
    foreground, _ = movies()
    mixed = blend(torch.rand(36, 64), foreground, foreground)
    torch.testing.assert_close(mixed, foreground)


@pytest.mark.parametrize(("outside", "limit"), [(-0.4, 0.0), (1.4, 1.0)])
def test_alpha_outside_its_range_counts_as_its_limit_without_gradient(outside, limit):
    foreground, background = movies()
    values = torch.full((36, 64), outside, requires_grad=True)
    mixed = blend(values, foreground, background)
    assert torch.equal(mixed.detach(), blend(torch.full((36, 64), limit), foreground, background))
    (gradient,) = torch.autograd.grad(mixed.sum(), values)
    assert float(gradient.abs().max()) == 0


def test_the_first_alpha_is_low_noise_of_its_seed():
    first = initial_alpha(4)
    assert first.shape == (36, 64)
    assert 0 <= float(first.min()) < 0.001 < 0.049 < float(first.max()) <= 0.05
    assert torch.equal(first, initial_alpha(4))
    assert not torch.equal(first, initial_alpha(5))


def test_a_constant_image_stays_under_the_blur():
    image = torch.full((36, 64), 3.5, dtype=torch.float64)
    torch.testing.assert_close(gaussian_blur(image, 5.0), image)


@pytest.mark.parametrize("sigma_px", [0.5, 2.0, 5.0, 50.0])
def test_the_blur_is_a_gaussian_of_15_pixels_with_mirrored_borders(sigma_px):
    image = np.random.default_rng(0).normal(size=(36, 64))
    expected = gaussian_filter(image, sigma_px, mode="mirror", radius=BLUR_RADIUS_PX)
    blurred = gaussian_blur(torch.from_numpy(image), sigma_px)
    np.testing.assert_allclose(blurred, expected, atol=1e-12)


@pytest.mark.parametrize("sigma_px", [0.0, 0.05])
def test_a_narrow_blur_leaves_the_image(sigma_px):
    image = torch.rand(36, 64, dtype=torch.float64)
    torch.testing.assert_close(gaussian_blur(image, sigma_px), image)


@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(8, warmup_frames=2),
        ClipSpec(
            4, frame_step=2, warmup_frames=1, canvas_height=64, canvas_width=80, top=14, left=9
        ),
    ],
)
def test_the_gradient_is_zero_where_no_neuron_sees(spec):
    encoder = make_encoder(spec)
    generator = torch.Generator().manual_seed(5)
    clips = (*movies(), torch.rand(2, 4, 8, generator=generator), torch.rand(2, 5, 8))
    gradient_HW, _ = alpha_gradient(encoder, "A", torch.full((36, 64), 0.3), *clips)
    np.testing.assert_array_equal(gradient_HW[~SEEN], 0)
    assert float(gradient_HW[SEEN].abs().min()) > 0


def test_the_gradient_and_the_loss_equal_their_definition(encoder):
    behavior, responses = torch.zeros(2, 4, 8), torch.rand(2, 5, 8)
    alpha_HW = torch.full((36, 64), 0.3)
    gradient_HW, loss = alpha_gradient(encoder, "A", alpha_HW, *movies(), behavior, responses)
    alpha_THW = alpha_HW.repeat(8, 1, 1).requires_grad_()
    inputs = add_behavior(blend(alpha_THW, *movies()), behavior)
    error = predict_windows(encoder, inputs, "A")[..., 2:] - responses[..., 2:]
    error.square().mean().backward()
    assert loss == pytest.approx(float(error.detach().square().mean()))
    expected = alpha_THW.grad / (alpha_THW.grad.norm() + 1e-6)
    torch.testing.assert_close(gradient_HW, expected.mean(0))


def test_clips_are_drawn_by_seed_and_step_alone(encoder, data):
    draws = [
        draw_blend(encoder, data.recording, data.training, replace(SETTINGS, seed=seed), step)
        for seed, step in ((1, 3), (1, 3), (1, 4), (2, 3))
    ]
    shapes = [(2, 8, 36, 64), (2, 8, 36, 64), (2, 4, 8), (2, 5, 8)]
    assert [tuple(tensor.shape) for tensor in draws[0]] == shapes
    assert all(map(torch.equal, draws[0], draws[1]))
    assert not torch.equal(draws[0][0], draws[2][0])
    assert not torch.equal(draws[0][0], draws[3][0])


def test_responses_belong_to_the_foreground(encoder, data):
    foreground, _, _, responses = draw_blend(encoder, data.recording, data.training, SETTINGS, 0)
    expected = [encoder.respond(movie.numpy()) for movie in foreground]
    np.testing.assert_allclose(responses, np.stack(expected), rtol=1e-4)


def test_pixels_that_neurons_see_grow_and_the_others_stay(encoder, data, tmp_path):
    fit_alpha(encoder, "A", data, SETTINGS, tmp_path / "alpha.h5", "code", 0)
    fitted, first = read_alpha(tmp_path / "alpha.h5"), initial_alpha(SETTINGS.seed).numpy()
    np.testing.assert_array_equal(fitted.shape, (36, 64))
    assert (fitted - first)[SEEN].mean() > 0.1
    far = gaussian_filter(SEEN.astype(float), 1, radius=BLUR_RADIUS_PX) == 0
    np.testing.assert_array_equal(fitted[far], first[far])


def test_the_file_holds_alpha_losses_and_settings(encoder, data, tmp_path):
    fit_alpha(encoder, "A", data, SETTINGS, tmp_path / "alpha.h5", "code", 0)
    with h5py.File(tmp_path / "alpha.h5") as file:
        assert set(file) == {"alpha_HW", "loss"}
        assert file["alpha_HW"].dtype == np.float32
        assert file["loss"].shape == (SETTINGS.num_steps,)
        assert file.attrs["step_size"] == SETTINGS.step_size


@pytest.mark.parametrize("num_done", [1, 4, 5])
def test_resuming_equals_continuing_bit_for_bit(encoder, data, tmp_path, monkeypatch, num_done):
    fit_alpha(encoder, "A", data, SETTINGS, tmp_path / "undisturbed.h5", "code", 0)
    interrupt(monkeypatch, num_done, encoder, data, tmp_path / "alpha.h5")
    assert not (tmp_path / "alpha.h5").exists()
    encoder.calls = 0
    fit_alpha(encoder, "A", data, SETTINGS, tmp_path / "alpha.h5", "code", 0)
    assert encoder.calls == SETTINGS.num_steps - num_done
    for name in ("alpha_HW", "loss"):
        np.testing.assert_array_equal(
            read(tmp_path / "alpha.h5", name), read(tmp_path / "undisturbed.h5", name)
        )
    assert not list(tmp_path.glob(".*"))


def interrupt(monkeypatch, num_done, encoder, data, output) -> None:
    def stop_writing(*arguments):
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(alpha, "report_progress", stop_after(num_done))
        patch.setattr(alpha, "_write_alpha", stop_writing)
        with pytest.raises(Interrupted):
            fit_alpha(encoder, "A", data, SETTINGS, output, "code", 0)


def read(path, name: str) -> np.ndarray:
    with h5py.File(path) as file:
        return file[name][:]


@pytest.mark.parametrize("other", ["settings", "trials", "content", "code", "encoder"])
def test_the_state_of_another_fit_is_not_resumed(encoder, data, tmp_path, monkeypatch, other):
    interrupt(monkeypatch, 3, encoder, data, tmp_path / "alpha.h5")
    settings = replace(SETTINGS, step_size=2.0) if other == "settings" else SETTINGS
    data = replace(data, training=[0, 1, 4]) if other == "trials" else data
    data = replace(data, content="other") if other == "content" else data
    encoder = make_encoder()
    if other == "encoder":
        encoder.weight_NHW.mul_(2)
    code = "other" if other == "code" else "code"
    fit_alpha(encoder, "A", data, settings, tmp_path / "alpha.h5", code, 0)
    assert encoder.calls == SETTINGS.num_steps


def test_a_poisoned_response_raises_and_writes_nothing(encoder, data, tmp_path):
    encoder.offset = float("nan")
    with pytest.raises(ValueError, match="alpha mask of mouse A: loss is nan at step 0"):
        fit_alpha(encoder, "A", data, SETTINGS, tmp_path / "alpha.h5", "code", 0)
    assert not (tmp_path / "alpha.h5").exists()
