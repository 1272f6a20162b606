"""Settings of the reconstruct stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass

BLACK, GREY, WHITE = 0.0, 127.5, 255.0
"""grey levels of the darkest, the first and the brightest movie"""
POISSON, SQUARED = "poisson", "squared"
REMOVED, SILENCED = "removed", "silenced"
RECORDED, PREDICTED = "recorded", "predicted"
"""target: the responses as recorded, or what all members predict of the movie that was shown"""


@dataclass(frozen=True)
class MapSettings:
    """The most probable movie: how far it descends, and what the held-out neurons choose from."""

    num_iterations: int
    window_stride_frames: int
    prior_weights: tuple[float, ...]
    held_out_share: float
    num_pilot_clips: int
    num_noise_trials: int
    """validation trials on which the noise of the neurons is measured"""
    seed: int

    def __post_init__(self):
        if len(self.prior_weights) > 1 and self.held_out_share == 0:
            raise ValueError(
                "reconstruct.map: held_out_share 0 leaves no neuron to choose among prior_weights; "
                "give one weight, or hold out a share"
            )


@dataclass(frozen=True)
class PaperSettings:
    """The published descent."""

    num_iterations: int
    learning_rate: float
    warmup_iterations: int
    momentum: float
    window_stride_frames: int
    start: str
    seed: int
    loss: str
    normalise_gradient: bool
    decay_to_grey: float

    def __post_init__(self):
        if self.warmup_iterations > self.num_iterations:
            raise ValueError(
                f"reconstruct.paper: warmup_iterations {self.warmup_iterations} is above "
                f"num_iterations {self.num_iterations}; the full learning rate is never reached"
            )


@dataclass(frozen=True)
class PopulationSettings:
    """Which neurons a movie is reconstructed from."""

    share: float
    others: str
    """REMOVED from the loss, or SILENCED: their responses set to 0 (as published)"""
    seed: int


@dataclass(frozen=True)
class OutputSettings:
    """What is stored of a reconstruction."""

    grey_levels: str
    """float32 or uint8"""
    predicted_responses: bool
    track_every_iterations: int


@dataclass(frozen=True)
class SmoothingSettings:
    """Widths of the Gaussian that smooths the mean of the members' movies."""

    sigma_frames: float
    sigma_px: float


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
