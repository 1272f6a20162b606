"""What scores would be at other evaluation thresholds."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from jaxtyping import Float

from evaluate.scores import full_screen_correlation, video_correlation
from masks.geometry import ScreenSettings, diameter_deg

THRESHOLDS = tuple(round(0.1 * step, 1) for step in range(11))
SCORES: dict[str, Callable] = {
    "video_correlation": video_correlation,
    "full_screen_correlation": full_screen_correlation,
}


def sweep_thresholds(
    pairs: list[tuple[np.ndarray, np.ndarray]],
    alpha_HW: Float[np.ndarray, "H W"],
    skip_frames: int,
    screen: ScreenSettings,
) -> pd.DataFrame:
    """A row per threshold and clip (movie, true movie) with the size of the mask; NaN where no pixel is left."""
    rows = []
    for threshold in THRESHOLDS:
        mask_HW = alpha_HW >= threshold
        size = {"num_pixels": int(mask_HW.sum()), "diameter_deg": diameter_deg(mask_HW, screen)}
        for clip, pair in enumerate(pairs):
            scores = {
                name: score(*pair, mask_HW, skip_frames) if mask_HW.any() else np.nan
                for name, score in SCORES.items()
            }
            rows.append({"threshold": threshold, **size, "clip": clip, **scores})
    return pd.DataFrame(rows)
