"""Where in the visual field the reconstruction follows the movie in time."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from evaluate.scores import temporal_correlation_map
from evaluate.tables import Scoring


def temporal_map(scoring: Scoring, movies: list[np.ndarray]) -> Float[np.ndarray, "H W"]:
    """Correlation over frames of every pixel of the screen, mean over the clips that have one; NaN where none has."""
    everywhere_HW = np.ones_like(scoring.mask_HW)
    maps_BHW = np.stack(
        [
            temporal_correlation_map(*pair, everywhere_HW, scoring.skip_frames)
            for pair in zip(movies, scoring.true_THW, strict=True)
        ]
    )
    known_HW = np.isfinite(maps_BHW).sum(axis=0)
    sums_HW = np.nansum(maps_BHW, axis=0)
    return np.divide(sums_HW, known_HW, out=np.full(sums_HW.shape, np.nan), where=known_HW > 0)


def summarise_map(
    mouse: str,
    map_HW: Float[np.ndarray, "H W"],
    masks: Mapping[str, Bool[np.ndarray, "H W"]],
) -> pd.DataFrame:
    """A row per mask: its pixels, how many of them have a correlation, and the mean of that."""
    rows = []
    for name, mask_HW in masks.items():
        known = map_HW[mask_HW & np.isfinite(map_HW)]
        counts = {"num_pixels": int(mask_HW.sum()), "num_known_pixels": len(known)}
        mean = float(known.mean()) if len(known) else np.nan
        rows.append({"mouse": mouse, "mask": name, **counts, "temporal_correlation": mean})
    return pd.DataFrame(rows)
