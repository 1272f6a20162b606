"""Settings of the reconstruct stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass

BLACK, GREY, WHITE = 0.0, 127.5, 255.0
"""grey levels of the darkest, the first and the brightest movie"""


@dataclass(frozen=True)
class DescentSettings:
    """How far and how fast a movie descends."""

    num_iterations: int
    learning_rate: float
    warmup_iterations: int
    momentum: float
    window_stride_frames: int
    track_every_iterations: int

    def __post_init__(self):
        if self.warmup_iterations > self.num_iterations:
            raise ValueError(
                f"reconstruct.descent: warmup_iterations {self.warmup_iterations} is above "
                f"num_iterations {self.num_iterations}; the full learning rate is never reached"
            )


@dataclass(frozen=True)
class SmoothingSettings:
    """Widths of the Gaussian that smooths the mean of the members' movies."""

    sigma_frames: float
    sigma_px: float
