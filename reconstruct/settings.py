"""Settings of the reconstruct stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from recordings.artificial.settings import GratingSettings, NoiseSettings
from recordings.keys import block, choice, item, key, listed, matching, settings, unique

BLACK, GREY, WHITE = 0.0, 127.5, 255.0
"""grey levels of the darkest, the first and the brightest movie"""
POISSON, SQUARED = "poisson", "squared"
REMOVED, SILENCED = "removed", "silenced"
RECORDED, PREDICTED = "recorded", "predicted"
"""target: the responses as recorded, or what all members predict of the movie that was shown"""


@settings
class MapSettings:
    """The most probable movie: how far it descends, and what the held-out neurons choose from."""

    num_iterations: Annotated[
        int, key("evaluations of the loss at most", "iterations", ge=1, le=1000000)
    ]
    window_stride_frames: Annotated[
        int,
        key(
            "step between the windows in which the encoder sees the movie, not above the frames that it scores of one",
            "frames",
            ge=1,
            le=1000,
        ),
    ]
    prior_weights: Annotated[
        tuple[Annotated[float, item(gt=0, le=1000000)], ...],
        listed(
            "weights of the prior against the likelihood, one of which the held-out neurons choose",
            "share",
            min_length=1,
        ),
        unique,
    ]
    held_out_share: Annotated[
        float,
        key(
            "share of the neurons that the choice is made by; they are heard again afterwards",
            "fraction",
            ge=0,
            lt=1,
        ),
    ]
    num_pilot_clips: Annotated[
        int, key("first clips of each mouse, on which the choice is made", "clips", ge=1, le=1000)
    ]
    num_noise_trials: Annotated[
        int,
        key(
            "first validation trials of each mouse, on which the noise of its neurons is measured",
            "trials",
            ge=1,
            le=1000,
        ),
    ]
    seed: Annotated[int, key("draws the held-out neurons", "seed", ge=0, le=4294967295)]

    def __post_init__(self):
        if len(self.prior_weights) > 1 and self.held_out_share == 0:
            raise ValueError(
                "reconstruct.map: held_out_share 0 leaves no neuron to choose among prior_weights; "
                "give one weight, or hold out a share"
            )


@settings
class PaperSettings:
    """The published descent."""

    num_iterations: Annotated[
        int, key("gradient steps on each movie", "iterations", ge=1, le=1000000)
    ]
    learning_rate: Annotated[
        float,
        key(
            "learning rate, reached after the warm-up",
            "grey levels per unit of gradient",
            gt=0,
            le=1000000,
        ),
    ]
    warmup_iterations: Annotated[
        int,
        key("first iterations, in which the learning rate rises", "iterations", ge=0, le=1000000),
    ]
    momentum: Annotated[
        float,
        key(
            "decay of the running mean of the gradient; at 0 steps still grow with sqrt(1 - .999^t), as published",
            "fraction per iteration",
            ge=0,
            lt=1,
        ),
    ]
    window_stride_frames: Annotated[
        int,
        key(
            "step between the windows in which the encoder sees the movie, not above the frames that it scores of one",
            "frames",
            ge=1,
            le=1000,
        ),
    ]
    start: Annotated[
        Literal["grey", "noise", "static_noise", "first_frame", "shown"],
        choice("first movie; first_frame and shown start from the movie that is to be found"),
    ]
    seed: Annotated[int, key("draws a noisy start", "seed", ge=0, le=4294967295)]
    loss: Annotated[
        Literal["poisson", "squared"],
        choice("poisson, or squared difference of rates and responses"),
    ]
    normalise_gradient: Annotated[
        bool, key("divide the gradient of each window by its norm; else multiply it by 100")
    ]
    decay_to_grey: Annotated[
        float,
        key("how far every iteration goes back to grey", "fraction per iteration", ge=0, lt=1),
    ]

    def __post_init__(self):
        if self.warmup_iterations > self.num_iterations:
            raise ValueError(
                f"reconstruct.paper: warmup_iterations {self.warmup_iterations} is above "
                f"num_iterations {self.num_iterations}; the full learning rate is never reached"
            )


@settings
class PopulationSettings:
    """Which neurons a movie is reconstructed from."""

    share: Annotated[float, key("share of the neurons that is kept", "fraction", gt=0, le=1)]
    others: Annotated[
        Literal["removed", "silenced"],
        choice(
            "the other neurons are removed from the loss, or silenced (their responses set to 0, as published)"
        ),
    ]
    seed: Annotated[
        int,
        key(
            "another seed keeps other neurons; 0 keeps those that the published code keeps on a CPU",
            "seed",
            ge=0,
            le=4294967295,
        ),
    ]


@settings
class OutputSettings:
    """What is stored of a reconstruction."""

    grey_levels: Annotated[Literal["float32", "uint8"], choice("type of the stored movies")]
    predicted_responses: Annotated[
        bool, key("store what the encoder predicts from the reconstruction")
    ]
    track_every_iterations: Annotated[
        int,
        key(
            "iterations between two correlations with the true movie, for the record",
            "iterations",
            ge=1,
            le=1000000,
        ),
    ]


@settings
class SmoothingSettings:
    """Widths of the Gaussian that smooths the mean of the members' movies."""

    sigma_frames: Annotated[
        float, key("standard deviation over time; 0 does not smooth", "frames", ge=0, le=100)
    ]
    sigma_px: Annotated[
        float,
        key("standard deviation over rows and columns; 0 does not smooth", "pixels", ge=0, le=36),
    ]


METHODS = {"map": MapSettings, "paper": PaperSettings}


@dataclass(frozen=True)
class ReconstructSettings:
    """All that decides how movies are made from activity; smoothing comes after."""

    max_frames: int
    target: str
    population: PopulationSettings
    output: OutputSettings
    descent: MapSettings | PaperSettings

    @property
    def is_paper(self) -> bool:
        return isinstance(self.descent, PaperSettings)

    @property
    def method(self) -> str:
        return "paper" if self.is_paper else "map"

    @classmethod
    def of(cls, params: dict) -> "ReconstructSettings":
        """From what a rule passes: the blocks of the config that its method reads."""
        return cls(
            params["max_frames"],
            params["target"],
            PopulationSettings(**params["population"]),
            OutputSettings(**params["output"]),
            METHODS[params["method"]](**params["descent"]),
        )


@settings
class ReconstructSection:
    """Movies from activity."""

    method: Annotated[
        Literal["map", "paper"],
        choice(
            "how a movie is found, map (the most probable one under a prior of natural movies) or paper (the published descent)"
        ),
    ]
    max_frames: Annotated[
        int,
        key(
            "a longer trial is cut to its first frames (48 are a window of the simulated neurons)",
            "frames",
            ge=48,
            le=10000,
        ),
    ]
    target: Annotated[
        Literal["recorded", "predicted"],
        choice(
            "activity that a movie should explain, recorded or predicted (what all members expect of the true movie)"
        ),
    ]
    ensembling: Annotated[
        Literal["movies", "gradients"],
        choice("mean of the members' movies, or one movie from the mean of the members' gradients"),
    ]
    population: Annotated[PopulationSettings, block("neurons that a movie is reconstructed from")]
    map: Annotated[MapSettings, block("the most probable movie")]
    paper: Annotated[PaperSettings, block("the published descent")]
    output: Annotated[OutputSettings, block("what is stored of a reconstruction")]
    smoothing: Annotated[
        SmoothingSettings, block("Gaussian applied to the mean of the members' movies")
    ]


VARIANT_NAME = (
    "(?!(NA|NaN|nan|None|null|Null|NULL|true|True|TRUE|false|False|FALSE)$)"
    "[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*"
)
"""letters, digits and single underscores, a letter first; no text that YAML or a table reads as something else"""
VariantName = Annotated[str, matching(VARIANT_NAME)]


@settings
class VariantsSection:
    """Runs beside the standard one."""

    run: Annotated[
        tuple[str, ...], listed("variants that are made and compared with the standard run"), unique
    ]
    changes: Annotated[
        dict[
            VariantName,
            Annotated[dict[str, Any], block("keys of reconstruct with other values", min_length=1)],
        ],
        block(
            "short name of each variant (letters, digits and single underscores, a letter first) and the keys of reconstruct that it changes, or masks.update as update"
        ),
    ]


@settings
class MiceOfStimuli:
    """How many mice see each kind."""

    noise: Annotated[int, key("mice that see this kind", "mice", ge=1, le=1000)]
    gratings: Annotated[int, key("mice that see this kind", "mice", ge=1, le=1000)]


@settings
class StimuliSection:
    """Artificial movies, reconstructed from what the members predict of them."""

    run: Annotated[
        tuple[Literal["noise", "gratings"], ...],
        listed("kinds of stimuli that are made, reconstructed and scored"),
        unique,
    ]
    num_mice: Annotated[
        MiceOfStimuli,
        block(
            "how many of recordings.mice see each kind, from the first on; all, where there are fewer"
        ),
    ]
    target: Annotated[
        Literal["ensemble", "member"],
        choice(
            "whose prediction of a stimulus is reconstructed from, that of all members together or of the one that reconstructs"
        ),
    ]
    noise: Annotated[
        NoiseSettings,
        block("movies of Gaussian noise, one for each repetition and pair of length constants"),
    ]
    gratings: Annotated[
        GratingSettings,
        block("drifting bars, one movie for each direction and pair of frequencies"),
    ]
