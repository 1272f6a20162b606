"""Settings of the figures stage: the section `figures` of config.yaml."""

from typing import Annotated

from recordings.keys import key, settings


@settings
class FiguresSection:
    """What is drawn and how large."""

    frame_rate_hz: Annotated[
        float, key("frame rate of the movies written as mp4", "frames per second", gt=0, le=1000)
    ]
    num_example_clips: Annotated[
        int,
        key(
            "clips per mouse drawn frame by frame, not above recordings.selection.num_clips",
            "clips",
            ge=1,
            le=1000,
        ),
    ]
    num_example_frames: Annotated[
        int,
        key(
            "frames drawn of each example clip; more would be too small to read",
            "frames",
            ge=1,
            le=14,
        ),
    ]
    error_limit_grey_levels: Annotated[
        float,
        key(
            "difference of two movies at which the colours of errors end, in figures and movies",
            "grey levels",
            gt=0,
            le=255,
        ),
    ]
    spread_limit_grey_levels: Annotated[
        float,
        key(
            "standard deviation over members at which the colours of the movie of spreads end",
            "grey levels",
            gt=0,
            le=255,
        ),
    ]
    num_example_neurons: Annotated[
        int,
        key(
            "neurons drawn of each example clip, the most active; all where there are fewer",
            "neurons",
            ge=2,
            le=1000,
        ),
    ]
    png_dpi: Annotated[int, key("resolution of the png files", "dots per inch", ge=30, le=1200)]
