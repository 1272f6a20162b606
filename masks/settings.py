"""Settings of the masks stage; each class mirrors one block of config.yaml."""

from typing import Annotated, Literal

from recordings.keys import block, choice, key, settings
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

OFF, ON = 0, 1
"""phase of a patch: darker or brighter than the background"""


@settings
class RobustAlphaSettings:
    """The default: many clips and members a step, until validation clips are explained."""

    seed: Annotated[
        int, key("seed of the clips and backgrounds drawn", "seed", ge=0, le=4294967295)
    ]
    num_members: Annotated[
        int,
        key(
            "members of the ensemble whose gradients are averaged, at most",
            "members",
            ge=1,
            le=1000,
        ),
    ]
    num_steps: Annotated[int, key("steps at most", "steps", ge=1, le=1000000)]
    batch_clips: Annotated[int, key("clips per step and member", "clips", ge=1, le=4096)]
    step: Annotated[
        float,
        key(
            "change of alpha a step where the gain is that of the pixel that gained most at first",
            "alpha",
            gt=0,
            le=1,
        ),
    ]
    momentum: Annotated[
        float, key("share of the last drift that a step keeps", "share", ge=0, le=0.999)
    ]
    blur_sigma_px: Annotated[
        float,
        key(
            "standard deviation of the Gaussian that blurs the gradient; 0 does not blur",
            "pixels",
            ge=0,
            le=36,
        ),
    ]
    size_penalty: Annotated[
        float,
        key(
            "gain that a pixel must bring to be uncovered, as a share of that of the pixel that gained most at first",
            "share",
            ge=0,
            le=1,
        ),
    ]
    explained_share: Annotated[
        float,
        key(
            "stop when alpha uncovers so much of what validation clips tell the members",
            "share",
            gt=0,
            le=1,
        ),
    ]


@settings
class PaperAlphaSettings:
    """The published training."""

    seed: Annotated[
        int,
        key(
            "seed of the clips and backgrounds drawn, and of the first alpha",
            "seed",
            ge=0,
            le=4294967295,
        ),
    ]
    num_steps: Annotated[int, key("gradient steps", "steps", ge=1, le=1000000)]
    first_frame: Annotated[int, key("where the clip lies in its trial", "frames", ge=0, le=10000)]
    step_size: Annotated[
        float, key("length of a gradient step", "alpha per unit of gradient", gt=0, le=1000000)
    ]
    blur_sigma_px: Annotated[
        float,
        key(
            "standard deviation of the Gaussian that blurs the gradient; 0 does not blur",
            "pixels",
            ge=0,
            le=36,
        ),
    ]


@settings
class FieldSettings:
    """Patches of sparse noise, and what is made of the responses to them."""

    patch_px: Annotated[int, key("side of a patch of light or dark", "pixels", ge=1, le=17)]
    step_px: Annotated[int, key("between patches", "pixels", ge=1, le=17)]
    before_frames: Annotated[
        int,
        key(
            "grey before a patch, more than the frames that the encoder does not score",
            "frames",
            ge=1,
            le=10000,
        ),
    ]
    stimulus_frames: Annotated[int, key("frames that a patch stays", "frames", ge=1, le=10000)]
    after_frames: Annotated[int, key("grey after it", "frames", ge=1, le=10000)]
    stride_frames: Annotated[
        int,
        key(
            "between the windows that predict a stimulus, not above the frames that the encoder scores of one",
            "frames",
            ge=1,
            le=1000,
        ),
    ]
    batch_stimuli: Annotated[int, key("stimuli predicted at once", "stimuli", ge=1, le=100000)]
    smallest_change: Annotated[
        float,
        key(
            "a smaller change of the rate, as a share of the rate before, is none",
            "share",
            ge=0,
            le=100,
        ),
    ]
    full_share: Annotated[
        float,
        key(
            "with kind fields, alpha is 1 where the coverage is at least this share of its maximum",
            "share",
            gt=0,
            le=1,
        ),
    ]


@settings
class ScreenSettings:
    """The screen and how far it stands from the eye."""

    height_cm: Annotated[float, key("its height", "centimetres", gt=0, le=1000)]
    width_cm: Annotated[float, key("its width", "centimetres", gt=0, le=1000)]
    distance_cm: Annotated[float, key("between eye and screen", "centimetres", gt=0, le=1000)]

    @property
    def pixel_cm(self) -> tuple[float, float]:
        """Height and width of a pixel."""
        return self.height_cm / SCREEN_HEIGHT, self.width_cm / SCREEN_WIDTH


@settings
class AlphaSettings:
    """How alpha is found by gradient."""

    method: Annotated[
        Literal["robust", "paper"],
        choice("how alpha is found, robust or paper (the published training)"),
    ]
    robust: Annotated[
        RobustAlphaSettings,
        block("many clips and members a step, until validation clips are explained"),
    ]
    paper: Annotated[PaperAlphaSettings, block("the published training, through the first member")]


@settings
class MasksSection:
    """Which pixels the population sees."""

    kind: Annotated[
        Literal["alpha", "fields"],
        choice(
            "where alpha comes from, alpha (what the members need to see) or fields (where receptive fields lie)"
        ),
    ]
    update: Annotated[
        Literal["threshold", "none", "strict"],
        choice(
            "where the movie is optimised, threshold (alpha of at least update_threshold), none (everywhere) or strict (where it is scored)"
        ),
    ]
    update_threshold: Annotated[
        float, key("the movie is optimised where alpha is at least this", "alpha", ge=0, le=1)
    ]
    evaluation_threshold: Annotated[
        float,
        key(
            "the movie is scored where alpha is at least this, not below update_threshold",
            "alpha",
            ge=0,
            le=1,
        ),
    ]
    screen: Annotated[
        ScreenSettings, block("the screen that the movie was shown on; the eye looks at its middle")
    ]
    alpha: Annotated[AlphaSettings, block("how alpha is found by gradient")]
    fields: Annotated[
        FieldSettings, block("receptive fields of the neurons, as the members predict them")
    ]

    def __post_init__(self) -> None:
        low, high = self.update_threshold, self.evaluation_threshold
        if self.update == "threshold" and low > high:
            raise ValueError(
                f"masks.update_threshold: {low} is above masks.evaluation_threshold {high}; every scored "
                "pixel must be optimised: lower the first or raise the second"
            )


ALPHA_METHODS = {"robust": RobustAlphaSettings, "paper": PaperAlphaSettings}
