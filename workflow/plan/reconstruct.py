"""The standard run, its variants and artificial stimuli: what their movies are made from, and by whom."""

from dataclasses import dataclass
from typing import Any

from masks.thresholds import update_threshold
from reconstruct.variants import STANDARD, maker_of, movie_settings, variant_config, variant_names
from workflow.plan.masks import MasksPlan
from workflow.plan.models import ModelsPlan
from workflow.plan.paths import Paths
from workflow.plan.recordings import RecordingsPlan

JOINT = "joint"
"""the name of the one who makes a movie of all members together"""


@dataclass(frozen=True)
class ReconstructPlan:
    """The sections `reconstruct`, `variants` and `stimuli` of the config as files."""

    paths: Paths
    config: dict[str, Any]
    """the whole of it: variants change several sections"""
    recordings: RecordingsPlan
    models: ModelsPlan
    masks: MasksPlan

    @property
    def settings(self) -> dict[str, Any]:
        return self.config["reconstruct"]

    @property
    def variants(self) -> list[str]:
        """The standard run and those beside it."""
        return variant_names(self.config)

    @property
    def update_threshold(self) -> float:
        """Of the standard run; `map` optimises the whole screen."""
        if self.settings["method"] == "map":
            return float("-inf")
        return update_threshold(self.masks.config)

    def config_of(self, wildcards: Any) -> dict[str, Any]:
        """The config as the rule's variant has it; controls and stimuli belong to the standard run."""
        return variant_config(self.config, getattr(wildcards, "variant", STANDARD))

    def settings_of(self, wildcards: Any) -> dict[str, Any]:
        return self.config_of(wildcards)["reconstruct"]

    def settings_of_movies(self, wildcards: Any) -> dict[str, Any]:
        """What the reconstructing rules read."""
        return movie_settings(self.settings_of(wildcards))

    def settings_of_bound(self, wildcards: Any) -> dict[str, Any]:
        """The true neurons answer to what was recorded, whatever the target."""
        return self.settings_of_movies(wildcards) | {"target": "recorded"}

    def smoothing(self, wildcards: Any) -> dict[str, Any]:
        return self.settings_of(wildcards)["smoothing"]

    def update_mask(self, wildcards: Any) -> str | list[str]:
        """The mask that a movie is optimised in; `map` has a prior instead, and depends on no mask."""
        method = self.settings_of(wildcards)["method"]
        return self.masks.alpha(wildcards.mouse) if method == "paper" else []

    def threshold_of_movie(self, wildcards: Any) -> float | None:
        is_paper = self.settings_of(wildcards)["method"] == "paper"
        return update_threshold(self.config_of(wildcards)["masks"]) if is_paper else None

    @property
    def spectrum(self) -> str:
        """Of the training movies."""
        return self.paths.result("reconstruct", "spectrum.h5")

    def spectrum_of_method(self, wildcards: Any) -> str | list[str]:
        """The spectrum where the method has a prior."""
        return self.spectrum if self.settings_of(wildcards)["method"] == "map" else []

    def movie_members(self, wildcards: Any) -> list[str]:
        """Who makes movies: every member its own, or all of them together one."""
        is_joint = self.settings_of(wildcards)["ensembling"] == "gradients"
        return [JOINT] if is_joint else self.models.members

    def members_of_movie(self, wildcards: Any) -> list[str]:
        """The members behind a movie; a control takes the first."""
        member = getattr(wildcards, "member", self.movie_members(wildcards)[0])
        if member == JOINT:
            return self.models.files("member.pt")
        return [self.models.file("member.pt", member)]

    def predictors(self, wildcards: Any) -> list[str]:
        """The members whose predictions are the target, where that is not the recorded activity."""
        target = self.settings_of(wildcards)["target"]
        return self.models.files("member.pt") if target == "predicted" else []

    def movies(
        self, variant: str = "{variant}", mouse: str = "{mouse}", member: str = "{member}"
    ) -> str:
        return self.paths.result(f"reconstruct/{variant}", "movies.h5", mouse=mouse, member=member)

    def movies_of_members(self, wildcards: Any) -> list[str]:
        """The movies of every member for one mouse, made by the first variant that has the same."""
        maker = maker_of(self.config, getattr(wildcards, "variant", STANDARD))
        members = self.movie_members(wildcards)
        return [self.movies(maker, wildcards.mouse, member) for member in members]

    def ensemble(self, variant: str = STANDARD, mouse: str = "{mouse}") -> str:
        return self.paths.result(f"reconstruct/{variant}", "ensemble.h5", mouse=mouse)

    def stimulus(
        self, name: str, mouse: str = "{mouse}", kind: str = "{kind}", **by: object
    ) -> str:
        """A file of the reconstruction of artificial stimuli."""
        return self.paths.result("reconstruct/stimuli", name, kind=kind, mouse=mouse, **by)

    @property
    def kinds(self) -> list[str]:
        """Of artificial stimuli that are reconstructed."""
        return self.config["stimuli"]["run"]

    def mice_of_stimuli(self, kind: str) -> list[str]:
        return self.recordings.mice[: self.config["stimuli"]["num_mice"][kind]]

    def settings_of_stimuli(self, wildcards: Any) -> dict[str, Any]:
        return self.config["stimuli"][wildcards.kind]

    def predictors_of_stimuli(self, wildcards: Any) -> list[str]:
        """Whose prediction is reconstructed from."""
        if self.config["stimuli"]["target"] == "member":
            return self.members_of_movie(wildcards)
        return self.models.files("member.pt")

    def stimulus_movies(self, wildcards: Any) -> list[str]:
        """The movies of every member for one mouse and kind."""
        return [
            self.stimulus("movies.h5", wildcards.mouse, wildcards.kind, member=member)
            for member in self.movie_members(wildcards)
        ]
