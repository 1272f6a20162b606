"""Settings of the models stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH


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
