"""Frames into an mp4 that every browser plays; they are streamed, bytes do not change from run to run."""

import os
import shlex
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

from recordings.files import replace_when_done

BLOCK_PX = 16
"""blocks of the encoder; a picture is made of whole ones"""

INPUT = "-y -f rawvideo -vcodec rawvideo -s {width}x{height} -pix_fmt rgb24 -r {rate} -i -"
ENCODER = (
    "-an -vcodec libx264 -pix_fmt yuv420p -v error -crf 16 -preset fast -threads 1 "
    "-x264-params threads=1:lookahead-threads=1 "
    "-movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact"
)


def write_mp4(
    path: str | Path, size: tuple[int, int], frame_rate_hz: float, pages: Iterable[Image.Image]
) -> None:
    """Write pages of one size (width, height), both even, as H.264."""
    rate = Fraction(frame_rate_hz).limit_denominator()
    given = INPUT.format(width=size[0], height=size[1], rate=rate)
    options = [*shlex.split(given), *shlex.split(ENCODER)]
    with replace_when_done(path) as temporary:
        _encode([imageio_ffmpeg.get_ffmpeg_exe(), *options, temporary], pages)


def _encode(command: list, pages: Iterable[Image.Image]) -> None:
    """Run the encoder to its end; OSError where it failed, with the system's reason where it names one."""
    encoder = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, restore_signals=False
    )
    try:
        for page in pages:
            encoder.stdin.write(page.tobytes())
        encoder.stdin.close()
    except BrokenPipeError:  # it has ended, and its status says why
        pass
    except BaseException:
        encoder.kill()
        raise
    finally:
        with suppress(BrokenPipeError):
            encoder.stdin.close()
        status = encoder.wait()
    if status:
        fault = 256 - status  # ffmpeg ends with minus the system's number of the error
        raise OSError(fault, f"the encoder failed with status {status} ({os.strerror(fault)})")


def whole_blocks(width: float, height: float) -> tuple[int, int]:
    """The size rounded up to whole blocks."""
    return -(-int(width) // BLOCK_PX) * BLOCK_PX, -(-int(height) // BLOCK_PX) * BLOCK_PX
