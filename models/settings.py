"""Settings of the models stage; each class mirrors one block of config.yaml."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from recordings.keys import block, choice, item, key, listed, settings, unique
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

Settings = TypeVar("Settings")
MOST_LAYERS = 64


def read_settings(kind: type[Settings], values: Any) -> Settings:
    """Settings as a file states them; ValueError in one sentence where one is missing, unknown or beyond its range."""
    if not isinstance(values, dict):
        raise ValueError(f"its settings are a {type(values).__name__}, no table")
    for name, value in values.items():
        if isinstance(value, list | tuple) and len(value) > MOST_LAYERS:
            raise ValueError(f"{str(name)[:50]} has {len(value)} items, allowed {MOST_LAYERS}")
    try:
        return TypeAdapter(kind).validate_python(values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part)[:50] for part in fault["loc"]) or "its settings"
        raise ValueError(f"{where}: {fault['msg']}, found {str(fault['input'])[:80]}") from None


@settings
class FactorisedSettings:
    """Size of the factorised encoder and of the clips that it is trained on."""

    clip_frames: Annotated[
        int, key("length of the clips that the encoder sees", "frames", ge=2, le=1000)
    ]
    warmup_frames: Annotated[
        int,
        key(
            "first frames of a clip, which lack history and are not scored", "frames", ge=0, le=999
        ),
    ]
    num_spatial: Annotated[int, key("spatial filters of the core", "filters", ge=1, le=4096)]
    num_channels: Annotated[
        int, key("channels of the core's output, that neurons read from", "channels", ge=1, le=4096)
    ]
    spatial_kernel_px: Annotated[
        int, key("height and width of the spatial filters, an even number", "pixels", ge=2, le=36)
    ]
    temporal_kernel_frames: Annotated[
        int, key("length of the temporal filters", "frames", ge=1, le=1000)
    ]

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


@settings
class DwiseNeuroSettings:
    """Size of DwiseNeuro and of the clips that it sees."""

    clip_frames: Annotated[
        int, key("frames that the encoder sees at once", "frames", ge=2, le=1000)
    ]
    frame_step: Annotated[int, key("it sees every n-th frame of the movie", "frames", ge=1, le=100)]
    canvas_px: Annotated[
        tuple[Annotated[int, item(ge=36, le=512)], Annotated[int, item(ge=36, le=512)]],
        listed("rows and columns of its input, the screen in the middle, zeros around", "pixels"),
    ]
    core_features: Annotated[
        tuple[Annotated[int, item(ge=1, le=8192)], ...],
        listed("channels of each block of the core", "channels", min_length=1),
    ]
    spatial_strides: Annotated[
        tuple[Annotated[int, item(ge=1, le=8)], ...],
        listed("stride of each block in rows and columns", "pixels", min_length=1),
    ]
    spatial_kernel: Annotated[
        int, key("height and width of the spatial filters, odd", "pixels", ge=1, le=31)
    ]
    temporal_kernel: Annotated[
        int, key("length of the temporal filters, odd", "seen frames", ge=1, le=31)
    ]
    expansion_ratio: Annotated[int, key("widening inside a block", "times", ge=1, le=64)]
    se_reduce_ratio: Annotated[
        int, key("narrowing inside squeeze-and-excite", "times", ge=1, le=1024)
    ]
    cortex_features: Annotated[
        tuple[Annotated[int, item(ge=1, le=65536)], ...],
        listed("channels of each pointwise layer after the core", "channels", min_length=1),
    ]
    groups: Annotated[int, key("groups of the cortex and of the readouts", "groups", ge=1, le=64)]
    softplus_beta: Annotated[
        float, key("sharpness of the last nonlinearity", "per response", gt=0, le=100)
    ]
    drop_rate: Annotated[
        float, key("share of channels that a readout drops in training", "share", ge=0, le=0.99)
    ]
    drop_path_rate: Annotated[
        float, key("share of samples that skip a block in training", "share", ge=0, le=0.99)
    ]

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


@settings
class TrainingSettings:
    """How long and how fast one member is trained."""

    num_updates: Annotated[int, key("optimiser steps of each member", "updates", ge=1, le=10000000)]
    batch_clips: Annotated[int, key("clips per update", "clips", ge=1, le=4096)]
    learning_rate: Annotated[
        float,
        key("highest learning rate of AdamW, reached after the warm-up", "per update", gt=0, le=1),
    ]
    weight_decay: Annotated[
        float, key("decoupled weight decay of AdamW", "per learning rate", ge=0, le=1)
    ]
    ema_decay: Annotated[
        float,
        key(
            "decay of the running mean of the weights, which is what is kept; 0 keeps the last weights",
            "fraction per update",
            ge=0,
            lt=1,
        ),
    ]
    warmup_updates: Annotated[
        int, key("first updates, in which the learning rate rises", "updates", ge=0, le=10000000)
    ]
    validate_every_updates: Annotated[
        int,
        key("updates between two scores on the validation movies", "updates", ge=1, le=10000000),
    ]
    cutmix_probability: Annotated[
        float,
        key(
            "share of clips into which a box of another clip is pasted, in all channels",
            "fraction of clips",
            ge=0,
            le=1,
        ),
    ]
    distillation_share: Annotated[
        float,
        key(
            "share of the loss that comes from a teacher, trained first, in the place of the mice that did not see a clip",
            "share",
            ge=0,
            lt=1,
        ),
    ]
    mixed_precision: Annotated[
        bool, key("whether a GPU computes in bfloat16 where that is safe; a CPU never does")
    ]

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


@settings
class LoadSettings:
    """Published checkpoints that become members."""

    files: Annotated[
        dict[
            Annotated[str, item(pattern="^[A-Za-z0-9]+$")],
            Annotated[
                str,
                key(
                    "path of a checkpoint, or a part of its name in sources.archive.files",
                    min_length=1,
                ),
            ],
        ],
        block(
            "short name of each member (letters and digits) and its file, a path or a part of a name in the archive"
        ),
    ]
    readouts: Annotated[
        tuple[str, ...],
        listed(
            "recording (animal-session-scan) of each readout of the files, in their order",
            min_length=1,
        ),
        unique,
    ]
    num_folds: Annotated[
        int,
        key("folds into which the movies fell when the files were trained", "folds", ge=2, le=100),
    ]
    unseen_fold: Annotated[
        int, key("fold of the movies that the files were not trained on", "fold", ge=0, le=99)
    ]


@settings
class TrainingOfEncoders:
    """How each encoder is trained."""

    factorised: Annotated[
        TrainingSettings, block("how long and how fast one factorised member is trained")
    ]
    dwiseneuro: Annotated[
        TrainingSettings, block("how long and how fast one dwiseneuro member is trained")
    ]

    def __post_init__(self) -> None:
        if self.factorised.cutmix_probability > 0:
            raise ValueError(
                "models.training.factorised.cutmix_probability: this encoder reads behaviour from one "
                "pixel, which a box would swap whole; set it to 0.0"
            )


@settings
class ModelsSection:
    """What a neuron is predicted from."""

    source: Annotated[
        Literal["train", "load", "both"],
        choice("whether members are trained, loaded from published checkpoints, or both"),
    ]
    encoders: Annotated[
        tuple[Literal["factorised", "dwiseneuro"], ...],
        listed("which encoders are trained, names in models/registry.py", min_length=1),
        unique,
    ]
    num_members: Annotated[
        int,
        key("trained members of each encoder; they differ by seed only", "members", ge=1, le=100),
    ]
    seed: Annotated[int, key("seed of the first member", "seed", ge=0, le=4294967295)]
    factorised: Annotated[
        FactorisedSettings,
        block("size of the factorised encoder and of the clips that it is trained on"),
    ]
    dwiseneuro: Annotated[
        DwiseNeuroSettings, block("size of DwiseNeuro and of the clips that it is trained on")
    ]
    training: Annotated[TrainingOfEncoders, block("how each encoder is trained")]
    load: Annotated[LoadSettings, block("published checkpoints, used when source is load or both")]
