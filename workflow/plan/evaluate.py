"""Scores and controls: where they lie, and what they are made from."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconstruct.variants import PREDICTED, STANDARD, populations, variant_config, with_own_movies
from workflow.plan.paths import Paths
from workflow.plan.reconstruct import ReconstructPlan

SHUFFLED = "shuffled_neurons"
ALWAYS = ["scores", "ensemble_sizes", "traces", "temporal_maps"]
COMPARED = ["variants", "populations", "variant_tests", "ensemble_tests", "performance_tests"]
COMPARED += ["activity", "activity_tests", "relations", "relation_fits", "cross_correlation"]
COMPARED += ["threshold_scores"]
STIMULUS_TABLES = ("scores.csv", "cells.csv", "tests.csv")
PAPER_VALUES = Path(__file__).resolve().parents[2] / "evaluate/paper_values.csv"
OF_SPREAD = ["calibration", "spread_bins", "spread_clips"]
OF_PAPER = [
    "variants",
    "variant_tests",
    "populations",
    "ensemble_tests",
    "ensemble_sizes",
    "threshold_scores",
    "performance_tests",
    "activity",
    "activity_tests",
]
"""tables that hold what the paper printed"""


@dataclass(frozen=True)
class EvaluatePlan:
    """The section `evaluate` of the config as files."""

    paths: Paths
    config: dict[str, Any]
    reconstruct: ReconstructPlan

    @property
    def mice(self) -> list[str]:
        return self.reconstruct.recordings.mice

    @property
    def is_simulated(self) -> bool:
        return self.reconstruct.recordings.is_simulated

    @property
    def has_spread(self) -> bool:
        """Whether members have movies of their own, and more than one clip to calibrate their spread on."""
        return (
            self.reconstruct.settings["ensembling"] == "movies"
            and len(self.reconstruct.models.members) > 1
            and self.reconstruct.recordings.config["selection"]["num_clips"] > 1
        )

    def table(self, name: str) -> str:
        """A tidy table over all mice."""
        return self.paths.result("evaluate", f"{name}.csv")

    def of_mouse(self, name: str, mouse: str = "{mouse}") -> str:
        """A table or array of one mouse."""
        return self.paths.result("evaluate/tables", name, mouse=mouse)

    def of_mice(self, name: str) -> list[str]:
        """The same file of every mouse."""
        return [self.of_mouse(name, mouse) for mouse in self.mice]

    @property
    def clips(self) -> str:
        """What was shown and reconstructed of one mouse, and the mask that was scored."""
        return self.of_mouse("clips.h5")

    def variant(self, name: str, variant: str = "{variant}", mouse: str = "{mouse}") -> str:
        return self.paths.result("evaluate/variants", name, variant=variant, mouse=mouse)

    @property
    def stacked(self) -> list[str]:
        """Names of the tables that are one under the other, mouse by mouse."""
        spread = OF_SPREAD if self.has_spread else []
        return ALWAYS + spread + (["neurons"] if self.is_simulated else [])

    def control(self, name: str, mouse: str = "{mouse}") -> str:
        """The movies of a control; only that of shuffled neurons has chance in it."""
        seed = {"seed": self.config["shuffle_seed"]} if name == SHUFFLED else {}
        return self.paths.result(f"evaluate/{name}", "movies.h5", mouse=mouse, **seed)

    @property
    def controls(self) -> list[str]:
        """Controls that can be had: the true neurons are known for simulated mice only."""
        bounds = ["true_neurons", "noise_free"] if self.is_simulated else []
        return [SHUFFLED, "ridge", *bounds]

    def controls_of_mouse(self, wildcards: Any) -> dict[str, str]:
        return {name: self.control(name, wildcards.mouse) for name in self.controls}

    def columns_of_variant(self, wildcards: Any) -> dict[str, Any]:
        """What the table of scores tells of a variant."""
        settings = self.reconstruct.settings_of(wildcards)
        population = {name: settings["population"][name] for name in ("share", "others")}
        return {"variant": wildcards.variant, "method": settings["method"], **population}

    def activity(self, name: str, mouse: str = "{mouse}") -> str:
        """A table of one mouse's predicted activity."""
        return self.paths.result("evaluate/activity", name, mouse=mouse)

    def activities(self, name: str) -> list[str]:
        return [self.activity(name, mouse) for mouse in self.mice]

    def predictions(self, variant: str, mouse: str = "{mouse}") -> str:
        """What is predicted from a variant's reconstructions; with those of the standard run from the movie too."""
        return self.paths.result("evaluate/activity", "activity.h5", variant=variant, mouse=mouse)

    def predictions_of_mouse(self, wildcards: Any) -> list[str]:
        """The predictions of the standard run, and of the variant `predicted` where it is run."""
        names = [name for name in (STANDARD, PREDICTED) if name in self.reconstruct.variants]
        return [self.predictions(name, wildcards.mouse) for name in names]

    @property
    def stride_of_predictions(self) -> int:
        """Frames between windows: all of them as published, or those that `map` descends through."""
        settings = self.reconstruct.settings
        return 1 if settings["method"] == "paper" else settings["map"]["window_stride_frames"]

    def stimuli(self, name: str, mouse: str = "{mouse}", kind: str = "{kind}") -> str:
        """Scores of one kind of stimuli in one mouse."""
        return self.paths.result("evaluate/stimuli", name, kind=kind, mouse=mouse)

    def stimulus_table(self, name: str, kind: str = "{kind}") -> str:
        """A table over all mice that see a kind."""
        return self.paths.result("evaluate/stimuli", name, kind=kind)

    def stimulus_scores(self, wildcards: Any) -> list[str]:
        mice = self.reconstruct.mice_of_stimuli(wildcards.kind)
        return [self.stimuli("scores.csv", mouse, wildcards.kind) for mouse in mice]

    def of_first_mouse(self, name: str) -> Any:
        """An input function: a file of the first mouse that sees the kind, to look at."""

        def of_kind(wildcards: Any) -> str:
            mouse = self.reconstruct.mice_of_stimuli(wildcards.kind)[0]
            return self.stimuli(name, mouse, wildcards.kind)

        return of_kind

    @property
    def populations(self) -> dict[str, list[str]]:
        """Variants that differ by the number of neurons alone, by what is done to the others."""
        return populations(self.reconstruct.config)

    @property
    def swept(self) -> list[str]:
        """Variants that are scored at every threshold: those with movies of their own."""
        return with_own_movies(self.reconstruct.config)

    @property
    def predicted_pattern(self) -> str:
        """Variants from whose movies activity is predicted."""
        return f"{STANDARD}|{PREDICTED}"

    @property
    def paper_table(self) -> str:
        """Our values beside the published ones."""
        return self.paths.result("tables", "paper.csv")

    @property
    def published_values(self) -> str:
        """A hash of the published ones."""
        return hashlib.sha256(PAPER_VALUES.read_bytes()).hexdigest()[:12]

    @property
    def tables(self) -> list[str]:
        """All tables over mice that a run leaves."""
        names = [*self.stacked, "performance", *COMPARED]
        kinds = self.reconstruct.kinds
        of_stimuli = [self.stimulus_table(n, k) for k in kinds for n in STIMULUS_TABLES]
        return [*map(self.table, names), *of_stimuli]

    @property
    def tables_of_paper(self) -> dict[str, str]:
        """The tables that hold what the paper printed, as far as this run makes them."""
        tables = {name: self.table(name) for name in OF_PAPER}
        kinds = self.reconstruct.kinds
        return tables | {f"cells_{kind}": self.stimulus_table("cells.csv", kind) for kind in kinds}

    def run_in_brief(self) -> dict[str, Any]:
        """What says how a run differs from the paper's: fields of `evaluate.paper_differences.Run`."""
        recordings, models = self.reconstruct.recordings, self.reconstruct.models
        masks = self.reconstruct.masks.config
        frames = [self.reconstruct.settings["max_frames"]]
        frames += [recordings.config["simulated"]["clip_frames"]] if self.is_simulated else []
        is_alpha = masks["kind"] == "alpha"
        return {
            "simulated": self.is_simulated,
            "num_mice": len(self.mice),
            "num_clips": recordings.config["selection"]["num_clips"],
            "max_frames": min(frames),
            "num_members": len(models.members),
            "encoders": ", ".join(models.encoders),
            "mask": ", ".join([masks["kind"]] + ([masks["alpha"]["method"]] if is_alpha else [])),
            "settings": self._settings_in_brief(),
            "methods": {name: self._method_in_brief(name) for name in self.reconstruct.variants},
            "stimuli": {kind: self._stimuli_in_brief(kind) for kind in self.reconstruct.kinds},
        }

    def _settings_in_brief(self) -> dict[str, Any]:
        """Numbers of the standard run that scores depend on."""
        smoothing = self.reconstruct.settings["smoothing"]
        return {
            "masks.evaluation_threshold": self.reconstruct.masks.config["evaluation_threshold"],
            "evaluate.skip_frames": self.config["skip_frames"],
            **{f"smoothing.{name}": smoothing[name] for name in ("sigma_px", "sigma_frames")},
        }

    def _method_in_brief(self, variant: str) -> tuple[str, int]:
        """Method and iterations of a variant."""
        settings = variant_config(self.reconstruct.config, variant)["reconstruct"]
        return settings["method"], settings[settings["method"]]["num_iterations"]

    def _stimuli_in_brief(self, kind: str) -> dict[str, Any]:
        """Mice, target, frames and repetitions of noise or directions of gratings."""
        stimuli = self.reconstruct.config["stimuli"]
        of_kind, num_mice = stimuli[kind], min(stimuli["num_mice"][kind], len(self.mice))
        brief = {"num_mice": num_mice, "target": stimuli["target"]}
        brief |= {"num_frames": of_kind["num_frames"]}
        if kind == "noise":
            return brief | {"num_repetitions": of_kind["num_repetitions"]}
        return brief | {"num_directions": len(of_kind["directions_deg"])}
