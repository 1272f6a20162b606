"""Masks and receptive fields: where they lie, and what they are made from."""

from dataclasses import dataclass
from typing import Any

from workflow.plan.models import ModelsPlan
from workflow.plan.paths import Paths

SHOWN = (
    "patch_px",
    "step_px",
    "before_frames",
    "stimulus_frames",
    "after_frames",
    "stride_frames",
    "batch_stimuli",
)
"""keys of `masks.fields` that decide the responses to sparse noise, not what is made of them"""


@dataclass(frozen=True)
class MasksPlan:
    """The section `masks` of the config as files."""

    paths: Paths
    config: dict[str, Any]
    models: ModelsPlan

    @property
    def alpha_settings(self) -> dict[str, Any]:
        return self.config["alpha"][self.config["alpha"]["method"]]

    @property
    def fitted_alpha(self) -> str:
        return self.paths.result(
            "masks", "alpha.h5", mouse="{mouse}", seed=self.alpha_settings["seed"]
        )

    def alpha(self, mouse: str = "{mouse}") -> str:
        """The mask of a mouse before it is cut by thresholds."""
        if self.config["kind"] == "fields":
            return self.fields("coverage.h5", mouse)
        seed = self.alpha_settings["seed"]
        return self.paths.result("masks", "alpha.h5", mouse=mouse, seed=seed)

    def fields(self, name: str, mouse: str = "{mouse}") -> str:
        return self.paths.result("masks/fields", name, mouse=mouse)

    def responses(self, member: str = "{member}") -> str:
        """What a member predicts of sparse noise."""
        return self.paths.result("masks/fields", "responses.h5", mouse="{mouse}", member=member)

    @property
    def members_of_alpha(self) -> list[str]:
        """The members that a transparency mask is found through."""
        is_robust = self.config["alpha"]["method"] == "robust"
        return self.models.files("member.pt")[
            : self.alpha_settings["num_members"] if is_robust else 1
        ]

    @property
    def stimulus_settings(self) -> dict[str, Any]:
        """What decides the responses to sparse noise."""
        return {name: self.config["fields"][name] for name in SHOWN}
