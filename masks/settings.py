"""Settings of the masks stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AlphaSettings:
    """How the alpha of one member is fitted."""

    seed: int
    num_steps: int
    batch_clips: int
    step_size: float
    blur_sigma_px: float
