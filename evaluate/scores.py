"""How alike two movies are, inside a mask."""

import numpy as np


def video_correlation(
    movie_THW: np.ndarray, true_THW: np.ndarray, mask_HW: np.ndarray, skip_frames: int = 0
) -> float:
    """Pearson over all masked pixels and frames of a clip; NaN if either is constant."""
    return _pearson(*_masked(movie_THW, true_THW, mask_HW, skip_frames), axis=None)


def frame_correlation(
    movie_THW: np.ndarray, true_THW: np.ndarray, mask_HW: np.ndarray, skip_frames: int = 0
) -> float:
    """Pearson over the masked pixels of each frame, mean over frames; constant frames are left out."""
    frames = _pearson(*_masked(movie_THW, true_THW, mask_HW, skip_frames), axis=1)
    return float(np.nanmean(frames)) if np.isfinite(frames).any() else float("nan")


def _masked(
    movie_THW: np.ndarray, true_THW: np.ndarray, mask_HW: np.ndarray, skip_frames: int
) -> tuple[np.ndarray, np.ndarray]:
    if movie_THW.shape != true_THW.shape:
        raise ValueError(
            f"a movie of shape {movie_THW.shape} cannot be scored against one of {true_THW.shape}; "
            "run snakemake again so that both come from the same selection"
        )
    if len(true_THW) <= skip_frames:
        raise ValueError(
            f"evaluate.skip_frames {skip_frames} leaves nothing of a clip of {len(true_THW)} frames"
        )
    cut = slice(skip_frames, None)
    return (np.asarray(m[cut], np.float64)[:, mask_HW] for m in (movie_THW, true_THW))


def _pearson(x: np.ndarray, y: np.ndarray, axis: int | None) -> np.ndarray | float:
    x = x - x.mean(axis=axis, keepdims=True)
    y = y - y.mean(axis=axis, keepdims=True)
    norm = np.sqrt((x**2).sum(axis=axis) * (y**2).sum(axis=axis))
    covariance = (x * y).sum(axis=axis)
    result = np.divide(covariance, norm, out=np.full_like(norm, np.nan), where=norm > 1e-9)
    return float(result) if axis is None else result
