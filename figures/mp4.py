"""Frames into an mp4 that every browser plays; they are streamed, bytes do not change from run to run."""

import shlex
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from recordings.files import replace_when_done

BLOCK_PX = 16
"""blocks of the encoder; a picture is made of whole ones"""

ENCODER = shlex.split(
    "-crf 16 -preset fast -threads 1 -x264-params threads=1:lookahead-threads=1 "
    "-movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact"
)


def write_mp4(
    path: str | Path, size: tuple[int, int], frame_rate_hz: float, pages: Iterable[Image.Image]
) -> None:
    """Write pages of one size (width, height) as H.264."""
    with replace_when_done(path) as temporary:
        encoder = imageio_ffmpeg.write_frames(
            str(temporary),
            size,
            fps=frame_rate_hz,
            codec="libx264",
            pix_fmt_out="yuv420p",
            quality=None,
            macro_block_size=2,
            ffmpeg_log_level="error",
            output_params=ENCODER,
        )
        with closing(encoder):
            encoder.send(None)
            for page in pages:
                encoder.send(page.tobytes())


def whole_blocks(width: float, height: float) -> tuple[int, int]:
    """The size rounded up to whole blocks."""
    return -(-int(width) // BLOCK_PX) * BLOCK_PX, -(-int(height) // BLOCK_PX) * BLOCK_PX
