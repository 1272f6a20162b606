"""Settings of the masks stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass

OFF, ON = 0, 1
"""phase of a patch: darker or brighter than the background"""


@dataclass(frozen=True)
class RobustAlphaSettings:
    """The default: many clips and members a step, until validation clips are explained."""

    seed: int
    num_members: int
    """at most so many of the ensemble"""
    num_steps: int
    """at most"""
    batch_clips: int
    step: float
    """change of alpha a step where the gain is that of the pixel that gained most at first"""
    momentum: float
    blur_sigma_px: float
    size_penalty: float
    """gain that a pixel must bring, in shares of that of the pixel that gained most at first"""
    explained_share: float
    """stop when validation clips are explained so well"""


@dataclass(frozen=True)
class PaperAlphaSettings:
    """The published training."""

    seed: int
    num_steps: int
    first_frame: int
    step_size: float
    blur_sigma_px: float


@dataclass(frozen=True)
class FieldSettings:
    """Patches of sparse noise, and what is made of the responses to them."""

    patch_px: int
    step_px: int
    before_frames: int
    stimulus_frames: int
    after_frames: int
    stride_frames: int
    batch_stimuli: int
    smallest_change: float
    full_share: float


ALPHA_METHODS = {"robust": RobustAlphaSettings, "paper": PaperAlphaSettings}
