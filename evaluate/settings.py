"""Settings of the evaluate stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RidgeSettings:
    """Time lags and penalties of the linear decoder from activity to pixels."""

    num_components: int
    lags_frames: tuple[int, ...]
    penalties: tuple[float, ...]
