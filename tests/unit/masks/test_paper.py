"""The published training of the mask against numbers of the published code."""

from pathlib import Path

import numpy as np
import pytest
import torch

from masks.paper import alpha_update
from masks.settings import PaperAlphaSettings
from models.encoder import ClipSpec
from models.published import pick_mice, read_published

GOLDEN = Path(__file__).resolve().parents[4] / "shared/golden"
needs_golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason=f"{GOLDEN}: golden numbers absent")
FRAMES = slice(50, 82)
SETTINGS = PaperAlphaSettings(
    seed=0, num_steps=6, first_frame=50, step_size=10.0, blur_sigma_px=5.0
)


@needs_golden
def test_six_published_steps():
    encoder = pick_mice(read_published(GOLDEN / "member0.pth"), {"A": 0}).eval()
    encoder.requires_grad_(False)
    known, trials = np.load(GOLDEN / "alpha_training.npz"), np.load(GOLDEN / "trials.npz")
    alpha_THW = torch.from_numpy(known["initial"][0])
    rows = zip(known["picks"], known["losses"], known["after"], strict=True)
    for (one, other), loss, after in rows:
        update_HW, found = alpha_update(
            encoder, "A", alpha_THW, (*movies(trials, one, other), *recorded(trials, one)), SETTINGS
        )
        alpha_THW = alpha_THW + update_HW
        assert found == pytest.approx(float(loss), rel=1e-5)
        assert float((alpha_THW[0] - torch.from_numpy(after)).abs().max()) < 1e-4


def cut(trials, trial: int, name: str) -> np.ndarray:
    return trials[f"mouse0_trial{trial}_{name}"][..., FRAMES]


def movies(trials, one: int, other: int) -> list[torch.Tensor]:
    spec = ClipSpec(16, frame_step=2, canvas_height=64, canvas_width=64, top=14)
    videos = (cut(trials, trial, "videos").transpose(2, 0, 1).copy() for trial in (one, other))
    return [spec.place(torch.from_numpy(video_THW)) for video_THW in videos]


def recorded(trials, trial: int) -> list[torch.Tensor]:
    behavior = np.concatenate([cut(trials, trial, "behavior"), cut(trials, trial, "pupil_center")])
    responses = np.maximum(cut(trials, trial, "responses"), 0)
    return [torch.from_numpy(behavior), torch.from_numpy(responses)]
