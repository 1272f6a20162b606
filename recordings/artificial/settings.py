"""Which artificial movies there are: the blocks `stimuli.noise` and `stimuli.gratings` of config.yaml."""

from typing import Annotated

from recordings.artificial.limits import check_values, check_whole
from recordings.keys import item, key, listed, settings, unique
from recordings.reader import FRAME_RATE_HZ, SCREEN_WIDTH

LONGEST = 1000
STEPS = {0: (0, 1), 90: (-1, 0), 180: (0, -1), 270: (1, 0)}
"""rows and columns by which bars move, for each direction in degrees: right, up, left, down"""
WIDEST = 0.001
"""bars, in cycles per pixel: far beyond the screen"""


@settings
class NoiseSettings:
    """Which movies of noise there are: each repetition has every pair of lengths; the defaults are the paper's."""

    seed: Annotated[int, key("seed of the noise", "seed", ge=0, le=4294967295)]
    num_repetitions: Annotated[
        int,
        key(
            "movies of each pair of length constants, their partners not counted",
            "movies",
            ge=1,
            le=1000,
        ),
    ]
    spatial_px: Annotated[
        tuple[Annotated[int, item(ge=0, le=1000)], ...],
        listed("length constants over rows and columns; 0 is white", "pixels", min_length=1),
        unique,
    ]
    temporal_frames: Annotated[
        tuple[Annotated[int, item(ge=0, le=1000)], ...],
        listed("length constants over time; 0 is white", "frames", min_length=1),
        unique,
    ]
    num_frames: Annotated[int, key("length of each movie", "frames", ge=2, le=9999)]
    phase_inverted: Annotated[bool, key("show each movie also with black and white exchanged")]
    patch_columns_px: Annotated[
        tuple[Annotated[int, item(ge=0, le=64)], Annotated[int, item(ge=0, le=64)]],
        listed(
            "first column with noise and first one after it; the rest of the screen is grey",
            "pixels",
        ),
    ]

    def __post_init__(self):
        check_whole("noise: seed", self.seed, 0)
        check_whole("noise: num_repetitions", self.num_repetitions, 1)
        check_whole("noise: num_frames", self.num_frames, 1)
        for name in ("spatial_px", "temporal_frames"):
            check_values(f"noise: {name}", getattr(self, name), 0, LONGEST)
            for length in getattr(self, name):
                check_whole(f"noise: a length of {name}", length, 0)
        first, after = self.patch_columns_px
        if not 0 <= first < after <= SCREEN_WIDTH:
            raise ValueError(
                f"noise: patch_columns_px {list(self.patch_columns_px)} is no part of the screen; "
                f"use [first, last + 1] within [0, {SCREEN_WIDTH}]"
            )


@settings
class GratingSettings:
    """Which gratings there are: every direction with every pair of frequencies; the defaults are the paper's."""

    directions_deg: Annotated[
        tuple[Annotated[int, item(ge=0, le=270)], ...],
        listed(
            "directions of the motion, of 0 (right), 90 (up), 180 (left) and 270 (down)",
            "degrees",
            min_length=1,
        ),
        unique,
    ]
    spatial_cycles_per_px: Annotated[
        tuple[Annotated[float, item(ge=0.001, le=0.5)], ...],
        listed("spatial frequencies", "cycles per pixel", min_length=1),
        unique,
    ]
    temporal_hz: Annotated[
        tuple[Annotated[float, item(ge=0, le=15)], ...],
        listed("temporal frequencies", "hertz", min_length=1),
        unique,
    ]
    num_frames: Annotated[int, key("length of each movie", "frames", ge=2, le=9999)]

    def __post_init__(self):
        check_whole("gratings: num_frames", self.num_frames, 1)
        check_values("gratings: spatial_cycles_per_px", self.spatial_cycles_per_px, WIDEST, 0.5)
        check_values("gratings: temporal_hz", self.temporal_hz, 0, FRAME_RATE_HZ / 2)
        check_values("gratings: directions_deg", self.directions_deg, 0, 270)
        for direction in self.directions_deg:
            if direction not in STEPS:
                raise ValueError(
                    f"gratings: directions_deg has {direction}; use some of {list(STEPS)}"
                )
