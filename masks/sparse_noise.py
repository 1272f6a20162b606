"""Sparse noise: one white or black patch on grey at a time, made as it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

LEVELS = (0.0, 255.0)
"""grey levels of a patch, by phase"""
BACKGROUND = 127.5


@dataclass(frozen=True)
class SparseNoise:
    """All stimuli: phase by row by column of the patch."""

    patch_px: int
    step_px: int
    before_frames: int
    stimulus_frames: int
    after_frames: int

    @property
    def tops(self) -> np.ndarray:
        return first_pixels(SCREEN_HEIGHT, self.patch_px, self.step_px)

    @property
    def lefts(self) -> np.ndarray:
        return first_pixels(SCREEN_WIDTH, self.patch_px, self.step_px)

    @property
    def rows_px(self) -> np.ndarray:
        """Middles of the patches."""
        return self.tops + (self.patch_px - 1) / 2

    @property
    def columns_px(self) -> np.ndarray:
        return self.lefts + (self.patch_px - 1) / 2

    @property
    def shape(self) -> tuple[int, int, int]:
        return len(LEVELS), len(self.tops), len(self.lefts)

    @property
    def num_frames(self) -> int:
        return self.before_frames + self.stimulus_frames + self.after_frames

    @property
    def during(self) -> slice:
        return slice(self.before_frames, self.before_frames + self.stimulus_frames)

    @property
    def after(self) -> slice:
        return slice(self.before_frames + self.stimulus_frames, self.num_frames)

    def movies(self, part: slice) -> Float[Tensor, "S T H W"]:
        """Some of the stimuli, in the order of `shape`."""
        numbers = range(*part.indices(int(np.prod(self.shape))))
        shape = (len(numbers), self.num_frames, SCREEN_HEIGHT, SCREEN_WIDTH)
        found = torch.full(shape, BACKGROUND)
        for movie, number in zip(found, numbers, strict=True):
            phase, row, column = np.unravel_index(number, self.shape)
            top, left, size = int(self.tops[row]), int(self.lefts[column]), self.patch_px
            movie[self.during, top : top + size, left : left + size] = LEVELS[phase]
        return found


def first_pixels(length: int, patch_px: int, step_px: int) -> np.ndarray:
    """Where patches begin: every `step_px`, as many as fit, in the middle of the axis."""
    count = (length - patch_px) // step_px + 1
    rest = length - patch_px - (count - 1) * step_px
    return rest // 2 + step_px * np.arange(count)


def parts(total: int, size: int) -> Iterator[slice]:
    for first in range(0, total, size):
        yield slice(first, min(first + size, total))
