"""The published training of the mask against numbers of the published code."""

from dataclasses import replace

import pytest
import torch

from masks.paper import PaperAlpha, alpha_update
from masks.settings import PaperAlphaSettings
from models.encoder import ClipSpec
from models.published import pick_mice, read_published
from recordings.reader import Trial
from tests.tiny import GOLDEN, LinearEncoder, golden, golden_trial
from tests.unit.masks.test_robust import make_data, make_encoder

SETTINGS = PaperAlphaSettings(
    seed=0, num_steps=6, first_frame=50, step_size=10.0, blur_sigma_px=5.0
)


def test_six_published_steps():
    encoder = pick_mice(read_published(GOLDEN / "member0.pth"), {"A": 0}).eval()
    encoder.requires_grad_(False)
    known = golden("alpha_training")
    alpha_THW = 0.05 * torch.rand(32, 64, 64, generator=torch.Generator().manual_seed(21))
    frames = {0: slice(50, 82), 1: slice(32), 2: slice(32)}  # of 1 and 2 no others are kept
    trials = {number: golden_trial(0, number, frames[number]) for number in frames}
    rows = zip(known["picks"], known["losses"], known["after"], strict=True)
    for (one, other), loss, after in rows:
        shown, background = (place(trials[number]) for number in (one, other))
        recorded = map(torch.from_numpy, (trials[one].behavior_CT, trials[one].responses_NT))
        update_HW, found = alpha_update(
            encoder, "A", alpha_THW, (shown, background, *recorded), SETTINGS
        )
        alpha_THW = alpha_THW + update_HW
        assert found == pytest.approx(float(loss), rel=1e-5)
        assert float((alpha_THW[0] - torch.from_numpy(after)).abs().max()) < 3e-6


def place(trial: Trial) -> torch.Tensor:
    spec = ClipSpec(16, frame_step=2, canvas_height=64, canvas_width=64, top=14)
    return spec.place(torch.from_numpy(trial.video_THW))


def test_an_update_equals_its_closed_form():
    """A linear neuron: its gradients to alpha, movie and behaviour are known, here of like size; the norm spans all three."""
    generator = torch.Generator().manual_seed(0)
    weight_HW = torch.rand(36, 64, generator=generator) / 1000
    encoder = LinearEncoder(weight_HW[None], ClipSpec(4), offset=0.0, behavior_weight=1.0)
    movie_THW, step_THW, alpha_THW = torch.rand(3, 4, 36, 64, generator=generator)
    movie_THW = 255 * movie_THW
    clips = (movie_THW, movie_THW + step_THW, torch.zeros(4, 4), torch.zeros(1, 4))
    settings = replace(SETTINGS, blur_sigma_px=0.0)
    update_HW, loss = alpha_update(encoder, "A", alpha_THW, clips, settings)
    rate_T = ((movie_THW + (1 - alpha_THW) * step_THW) * weight_HW).sum((1, 2))
    assert loss == pytest.approx(float(rate_T.square().mean()), rel=1e-4)
    slope_T11 = (2 * rate_T / 4)[:, None, None]
    to_alpha, to_movie = -slope_T11 * weight_HW * step_THW, slope_T11 * weight_HW * alpha_THW
    to_behavior_CTHW = slope_T11 * torch.ones(4, 4, 36, 64) / (36 * 64)
    squares = [part.square().sum() for part in (to_alpha, to_movie, to_behavior_CTHW)]
    assert max(squares) < 10 * min(squares)
    expected = -10 * (to_alpha / sum(squares).sqrt()).mean(0)
    torch.testing.assert_close(update_HW, expected, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(
    ("settings", "training", "says"),
    [
        ({"first_frame": 33}, [0, 1, 4], "trial 0 has 40 frames; .* need 41: lower first_frame"),
        ({}, [0], "one training trial; blending two movies needs at least 2"),
    ],
)
def test_trials_that_are_too_short_or_too_few_are_refused(tmp_path, settings, training, says):
    encoder = make_encoder()
    data = replace(make_data(tmp_path, encoder), training=training)
    with pytest.raises(ValueError, match=says):
        PaperAlpha(encoder, "A", data, replace(SETTINGS, **{"first_frame": 3} | settings))
