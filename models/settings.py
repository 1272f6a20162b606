"""Settings of the models stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FactorisedSettings:
    """Size of the factorised encoder and of the clips that it is trained on."""

    clip_frames: int
    warmup_frames: int
    num_spatial: int
    num_channels: int
    spatial_kernel_px: int
    temporal_kernel_frames: int

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
class TrainingSettings:
    """How long and how fast one member is trained."""

    num_updates: int
    batch_clips: int
    learning_rate: float
    weight_decay: float
    ema_decay: float
    warmup_updates: int
    validate_every_updates: int

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
