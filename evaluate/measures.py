"""All that one set of movies is measured by: a row per clip."""

import numpy as np
import pandas as pd

from evaluate.content import entropy, mean_motion_energy
from evaluate.identification import identify_clips
from evaluate.scores import full_screen_correlation, psnr, rmse
from evaluate.ssim import paper_global_ssim, ssim
from evaluate.tables import Scoring

AGAINST_TRUTH = {
    "full_screen_correlation": full_screen_correlation,
    "rmse": rmse,
    "psnr": psnr,
    "ssim": ssim,
    "paper_global_ssim": paper_global_ssim,
}
OF_EACH = {"motion_energy": mean_motion_energy, "entropy": entropy}


def measure_clips(scoring: Scoring, movies: list[np.ndarray], **columns) -> pd.DataFrame:
    """Both correlations and all other measures; `rank` is that of the own clip among all clips of the mouse."""
    found = identify_clips(movies, scoring.true_THW, scoring.mask_HW, scoring.skip_frames)
    rows = scoring.rows("", movies, **columns)
    for clip, row in enumerate(rows):
        del row["source"]
        pair = (movies[clip], scoring.true_THW[clip])
        area = (scoring.mask_HW, scoring.skip_frames)
        row |= {name: measure(*pair, *area) for name, measure in AGAINST_TRUTH.items()}
        for name, measure in OF_EACH.items():
            row[name], row[f"true_{name}"] = (measure(movie, *area) for movie in pair)
        row |= {"rank": int(found.rank_B[clip]), "num_clips": len(movies)}
    return pd.DataFrame(rows)
