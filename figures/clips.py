"""A clip as figures and movies see it: what was shown beside what was reconstructed."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Bool, Float

from evaluate.matching import match_contrast


@dataclass(frozen=True)
class Clip:
    """One clip of one mouse; movies hold grey values 0..255."""

    number: int
    true_THW: Float[np.ndarray, "T H W"]
    reconstructed_THW: Float[np.ndarray, "T H W"]

    def __post_init__(self):
        shapes = self.true_THW.shape, self.reconstructed_THW.shape
        if len(shapes[0]) != 3 or shapes[0] != shapes[1]:
            raise ValueError(
                f"clip {self.number}: movies {shapes[0]} and {shapes[1]}; expected two of one shape (frames, rows, columns)"
            )
        for name in ("true_THW", "reconstructed_THW"):
            if not np.isfinite(getattr(self, name)).all():
                raise ValueError(
                    f"clip {self.number}: {name} has NaN or infinite pixels; cut the NaN tail first"
                )

    @property
    def num_frames(self) -> int:
        return self.true_THW.shape[0]

    def matched_THW(self, mask_HW: Bool[np.ndarray, "H W"]) -> Float[np.ndarray, "T H W"]:
        """The reconstruction with the luminance and contrast of the truth, grey outside the mask; as it is where it is constant."""
        if np.ptp(self.reconstructed_THW[:, mask_HW]) == 0:
            return self.reconstructed_THW
        return match_contrast(self.reconstructed_THW, self.true_THW, mask_HW)


@dataclass(frozen=True)
class MouseClips:
    """The clips of one mouse and the mask that they are scored in."""

    mouse: str
    clips: list[Clip]
    mask_HW: Bool[np.ndarray, "H W"]


def dim_outside(frame_HW: np.ndarray, mask_HW: np.ndarray, strength: float = 0.72) -> np.ndarray:
    """Fade what lies outside the mask towards white."""
    faded = frame_HW + strength * (255.0 - frame_HW)
    return np.where(mask_HW, frame_HW, faded)


def read_clips(path: str | Path) -> tuple[list[Clip], Bool[np.ndarray, "H W"]]:
    """The clips of one mouse and the mask that they were scored in, as the evaluate stage wrote them."""
    with h5py.File(path, "r") as file:
        mask_HW = file["mask_HW"][()]
        groups = [file[f"clip-{number}"] for number in range(len(file) - 1)]
        movies = [(group["true_THW"][()], group["reconstructed_THW"][()]) for group in groups]
    return [Clip(number, *pair) for number, pair in enumerate(movies)], mask_HW
