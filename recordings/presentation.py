"""A video or a segment as one mouse saw it once; each array is read from disk when it is first asked for."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Float

from recordings.reader import FRAME_RATE_HZ, Recording
from recordings.valid_frames import are_withheld

PUPIL, LOCOMOTION = 0, 1
"""rows of the behaviour files"""


@dataclass(frozen=True)
class Presentation:
    """Frames frame_start..frame_end-1 of one trial; arrays are float32 copies of these frames as they are stored."""

    recording: str
    trial: int
    label: str
    """of the video, or of the segment; "" where no catalogue tells it"""
    video_ID: str
    frame_start: int
    frame_end: int
    segment_ID: str
    """"" for whole videos, and for segments that have none"""
    source: Recording = field(repr=False, compare=False)

    def __str__(self) -> str:
        frames = f"frames {self.frame_start}:{self.frame_end}"  # as in a slice, without the last
        return f"{self.recording}, trial {self.trial}, {frames}"

    @property
    def num_frames(self) -> int:
        return self.frame_end - self.frame_start

    @cached_property
    def video_THW(self) -> Float[np.ndarray, "T H W"]:
        """Grey levels 0..255."""
        return self.read_video_THW()

    @cached_property
    def responses_NT(self) -> Float[np.ndarray, "N T"]:
        return self._read("responses")

    @property
    def responses_hidden(self) -> bool:
        """The competition withheld them: they are stored as zeros."""
        return are_withheld(self.responses_NT)

    @cached_property
    def pupil_T(self) -> Float[np.ndarray, " T"]:
        """Pupil size."""
        return self._read("behavior")[PUPIL]

    @cached_property
    def locomotion_T(self) -> Float[np.ndarray, " T"]:
        """Running speed."""
        return self._read("behavior")[LOCOMOTION]

    @cached_property
    def gaze_2T(self) -> Float[np.ndarray, "2 T"]:
        """Pupil centre x, y."""
        return self._read("pupil_center")

    @cached_property
    def seconds_T(self) -> Float[np.ndarray, " T"]:
        """Since the first frame of the presentation."""
        return np.arange(self.num_frames) / FRAME_RATE_HZ

    def read_video_THW(self) -> Float[np.ndarray, "T H W"]:
        """The video, read anew and not kept."""
        return np.ascontiguousarray(self._read("videos").transpose(2, 0, 1))

    def _read(self, modality: str) -> np.ndarray:
        stored = self.source.array(modality, self.trial)
        if stored.shape[-1] < self.frame_end:
            raise ValueError(
                f"{self.source.path(modality, self.trial)}: {stored.shape[-1]} frames, the catalogue says {self.frame_end}; "
                "make the catalogue again"
            )
        return np.array(stored[..., self.frame_start : self.frame_end], np.float32)


def refuse_hidden(presentation: Presentation) -> None:
    """Raise ValueError where the responses were withheld: their zeros are no activity."""
    if presentation.responses_hidden:
        raise ValueError(
            f"{presentation}: its responses are hidden (all zeros); leave out presentations with responses_hidden"
        )
