"""The perceptual hash of a movie: equal for equal movies, and it says which fold of the data a movie is in."""

import numpy as np
from PIL import Image
from scipy.fft import dctn

NUM_HASHED_FRAMES = 5
THUMBNAIL_PX = 32
HASH_PX = 8


def hash_movie(video_THW: np.ndarray) -> int:
    """64 bits: the exclusive or of the hashes of five frames, as in the published code.

    Give the movie as it is stored: 126.99999 is 126 there, and rounding it to float32 first would make it 127.
    """
    step = len(video_THW) // NUM_HASHED_FRAMES
    if step == 0:
        raise ValueError(
            f"movie of {len(video_THW)} frames; its hash needs at least {NUM_HASHED_FRAMES}"
        )
    frames = step // 2 + step * np.arange(NUM_HASHED_FRAMES)
    code = 0
    for frame_HW in video_THW[frames]:
        code ^= hash_frame(frame_HW.astype(np.uint8))
    return code


def hash_frame(frame_HW: np.ndarray) -> int:
    """64 bits, first the one of the upper left: which of the 8 x 8 lowest cosine coefficients exceed their median."""
    image = Image.fromarray(frame_HW).resize((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    low = dctn(np.asarray(image, np.float64))[:HASH_PX, :HASH_PX]
    bits = (low > np.median(low)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes())
