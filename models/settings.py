"""Settings of the models stage; each class mirrors one block of config.yaml."""

import math
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, get_origin

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

Settings = TypeVar("Settings")
MOST_LAYERS = 64
ABOVE_ZERO, BELOW_ONE = math.ulp(0.0), 1 - math.ulp(0.5)
RANGES = {
    "clip_frames": (2, 1000),
    "frame_step": (1, 100),
    "canvas_px": (36, 512),
    "core_features": (1, 8192),
    "spatial_strides": (1, 8),
    "spatial_kernel": (1, 31),
    "temporal_kernel": (1, 31),
    "expansion_ratio": (1, 64),
    "se_reduce_ratio": (1, 1024),
    "cortex_features": (1, 65536),
    "groups": (1, 64),
    "softplus_beta": (ABOVE_ZERO, 100),
    "drop_rate": (0, 0.99),
    "drop_path_rate": (0, 0.99),
    "warmup_frames": (0, 999),
    "num_spatial": (1, 4096),
    "num_channels": (1, 4096),
    "spatial_kernel_px": (2, 36),
    "temporal_kernel_frames": (1, 1000),
    "num_updates": (1, 10_000_000),
    "batch_clips": (1, 4096),
    "learning_rate": (ABOVE_ZERO, 1),
    "weight_decay": (0, 1),
    "ema_decay": (0, BELOW_ONE),
    "warmup_updates": (0, 10_000_000),
    "validate_every_updates": (1, 10_000_000),
    "cutmix_probability": (0, 1),
    "distillation_share": (0, BELOW_ONE),
    "mixed_precision": (False, True),
}
"""of settings, as in config.schema.yaml: those in a file that is loaded nobody has checked"""


def read_settings(kind: type[Settings], values: Any) -> Settings:
    """Settings as a file states them; ValueError where one is missing, unknown or beyond its range."""
    if not isinstance(values, dict):
        raise ValueError(f"its settings are a {type(values).__name__}, no table")
    known = {field.name: field for field in fields(kind)}
    missing = [n for n in known if n not in values and known[n].default is MISSING]
    unknown = sorted(str(name)[:50] for name in set(values) - set(known))
    if missing or unknown:
        raise ValueError(f"parameters {missing} are missing, {unknown} are unknown")
    for name, value in values.items():
        _require_in_range(name, value, known[name].type)
    return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in values.items()})


def _require_in_range(name: str, value: Any, kind: type) -> None:
    low, high = RANGES[name]
    several = get_origin(kind) is tuple
    found = value if several and isinstance(value, list | tuple) else [value]
    numbers = (int, float) if kind is float else (kind.__args__[0] if several else kind,)
    if not all(type(one) in numbers and low <= one <= high for one in found):
        raise ValueError(
            f"{name} is {str(value)[:80]}, allowed {numbers[-1].__name__} {low} to {high}"
        )
    if several and not (isinstance(value, list | tuple) and 1 <= len(value) <= MOST_LAYERS):
        raise ValueError(f"{name} is {str(value)[:80]}, allowed a list of 1 to {MOST_LAYERS}")
    if name == "canvas_px" and len(value) != 2:
        raise ValueError(f"canvas_px is {str(value)[:80]}, allowed rows and columns")


@dataclass(frozen=True)
class FactorisedSettings:
    """Size of the factorised encoder and of the clips that it is trained on."""

    clip_frames: int
    warmup_frames: int
    num_spatial: int
    num_channels: int
    spatial_kernel_px: int
    temporal_kernel_frames: int

    @property
    def window_frames(self) -> int:
        return self.clip_frames

    @property
    def scored_frames(self) -> int:
        return self.clip_frames - self.warmup_frames

    def __post_init__(self):
        if self.warmup_frames >= self.clip_frames:
            raise ValueError(
                f"models.factorised: warmup_frames {self.warmup_frames} leaves no frame of "
                f"clip_frames {self.clip_frames} to score; make it smaller"
            )
        if self.spatial_kernel_px % 2:
            raise ValueError(
                f"models.factorised: spatial_kernel_px {self.spatial_kernel_px} is odd; "
                "filters lie on every second pixel, so take an even number"
            )


@dataclass(frozen=True)
class DwiseNeuroSettings:
    """Size of DwiseNeuro and of the clips that it sees."""

    clip_frames: int
    frame_step: int
    canvas_px: tuple[int, int]
    """rows, columns"""
    core_features: tuple[int, ...]
    spatial_strides: tuple[int, ...]
    spatial_kernel: int
    temporal_kernel: int
    expansion_ratio: int
    se_reduce_ratio: int
    cortex_features: tuple[int, ...]
    groups: int
    softplus_beta: float
    drop_rate: float
    drop_path_rate: float

    @property
    def window_frames(self) -> int:
        return self.clip_frames * self.frame_step

    @property
    def scored_frames(self) -> int:
        return self.window_frames

    def __post_init__(self):
        if len(self.core_features) != len(self.spatial_strides):
            raise ValueError(
                f"models.dwiseneuro: {len(self.core_features)} core_features but {len(self.spatial_strides)} "
                "spatial_strides; give one stride per block"
            )
        if not (self.spatial_kernel % 2 and self.temporal_kernel % 2):
            raise ValueError(
                f"models.dwiseneuro: spatial_kernel {self.spatial_kernel} and temporal_kernel "
                f"{self.temporal_kernel} must be odd"
            )
        if min(self.core_features) * self.expansion_ratio < self.se_reduce_ratio:
            raise ValueError(
                f"models.dwiseneuro: se_reduce_ratio {self.se_reduce_ratio} leaves no channel of "
                f"{min(self.core_features)} core_features times expansion_ratio {self.expansion_ratio}"
            )
        widths = (self.core_features[-1], *self.cortex_features)
        if any(width % self.groups for width in widths):
            raise ValueError(
                f"models.dwiseneuro: groups {self.groups} does not divide all of core_features[-1] and "
                f"cortex_features {widths}; change one of them"
            )
        if self.canvas_px[0] < SCREEN_HEIGHT or self.canvas_px[1] < SCREEN_WIDTH:
            raise ValueError(
                f"models.dwiseneuro: canvas_px {list(self.canvas_px)} does not hold the screen of "
                f"{SCREEN_HEIGHT} rows and {SCREEN_WIDTH} columns"
            )


@dataclass(frozen=True)
class TrainingSettings:
    """How long and how fast one member is trained."""

    num_updates: int
    batch_clips: int
    learning_rate: float
    weight_decay: float
    ema_decay: float
    warmup_updates: int
    validate_every_updates: int
    cutmix_probability: float
    distillation_share: float
    mixed_precision: bool

    def __post_init__(self):
        if self.warmup_updates > self.num_updates:
            raise ValueError(
                f"models.training: warmup_updates {self.warmup_updates} is above "
                f"num_updates {self.num_updates}; the full learning rate is never reached"
            )
        if self.validate_every_updates > self.num_updates:
            raise ValueError(
                f"models.training: validate_every_updates {self.validate_every_updates} is above "
                f"num_updates {self.num_updates}; no member would ever be validated"
            )


@dataclass(frozen=True)
class LoadSettings:
    """Published checkpoints that become members."""

    files: dict[str, str]
    readouts: tuple[str, ...]
    num_folds: int
    unseen_fold: int
