"""What a run makes, from what, and where: pure functions of the config, without Snakemake."""

import re
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from workflow.plan.evaluate import EvaluatePlan
from workflow.plan.figures import FiguresPlan
from workflow.plan.masks import MasksPlan
from workflow.plan.models import ModelsPlan
from workflow.plan.paths import Paths
from workflow.plan.reconstruct import ReconstructPlan
from workflow.plan.recordings import RecordingsPlan

FIELDS = ("fields.h5", "coverage.h5", "neurons.csv")


@dataclass(frozen=True)
class Plan:
    """The plans of all stages."""

    paths: Paths
    recordings: RecordingsPlan
    models: ModelsPlan
    masks: MasksPlan
    reconstruct: ReconstructPlan
    evaluate: EvaluatePlan
    figures: FiguresPlan

    @property
    def stages(self) -> tuple[Any, ...]:
        """In the order of the chain, by the names that the rules call them."""
        names = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")
        return tuple(getattr(self, name) for name in names)

    @property
    def wildcard_patterns(self) -> dict[str, str]:
        """What each wildcard may be, as a regular expression."""
        return {
            "mouse": "|".join(map(re.escape, self.recordings.mice)),
            "member": "[A-Za-z0-9]+",
            "variant": "[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*",
            "clip": "[0-9]+",
            "bound": "true_neurons|noise_free",
            "kind": "noise|gratings",
            "recording": "|".join(map(re.escape, self.recordings.names)),
        }

    def targets(self) -> list[str]:
        """What `snakemake` makes, and makes again where it was deleted: all but what only a later job reads."""
        pages = [self.figures.report_page, self.figures.stored_config, self.evaluate.paper_table]
        made = [
            *self.figures.files(),
            *pages,
            *self._of_members(),
            *self._of_mice(),
            *self._movies(),
        ]
        tables = [self.recordings.file(f"{name}.csv") for name in ("sets", "split", "duplicates")]
        tables += [self.recordings.catalogue("published_conflicts.csv")]
        tables += [
            t for ending in ("parquet", "csv") for t in self.recordings.catalogue_tables(ending)
        ]
        return list(dict.fromkeys([*made, *self.evaluate.tables, *tables]))

    def _of_members(self) -> list[str]:
        """Weights, learning curves and cards."""
        names = ("member.pt", "curve.csv", "card.md")
        tables = [self.models.table(name) for name in ("validation", "members")]
        return [file for name in names for file in self.models.files(name)] + tables

    def _of_mice(self) -> list[str]:
        """Masks, receptive fields, controls and predicted activity."""
        files = []
        for mouse in self.recordings.mice:
            of = SimpleNamespace(mouse=mouse)
            files += [self.masks.alpha(mouse)]
            files += [self.masks.fields(name, mouse) for name in FIELDS]
            files += self.evaluate.controls_of_mouse(of).values()
            files += self.evaluate.predictions_of_mouse(of)
        return files

    def _movies(self) -> list[str]:
        """Of every member and ensemble, of clips and of artificial stimuli."""
        made, files = self.reconstruct, []
        for variant in made.variants:
            for mouse in self.recordings.mice:
                files += made.movies_of_members(SimpleNamespace(mouse=mouse, variant=variant))
                files += [made.ensemble(variant, mouse)]
        for kind in made.kinds:
            for mouse in made.mice_of_stimuli(kind):
                files += made.stimulus_movies(SimpleNamespace(mouse=mouse, kind=kind))
        return files


def plan_run(config: dict[str, Any]) -> Plan:
    """The plan of a config that has been validated."""
    name = config["run"]["name"]
    paths = Paths(f"results/{name}" if name else "results")
    recordings = RecordingsPlan(paths, config["recordings"], config["sources"])
    models = ModelsPlan(paths, config["models"], recordings)
    masks = MasksPlan(paths, config["masks"], models)
    reconstruct = ReconstructPlan(paths, config, recordings, models, masks)
    evaluate = EvaluatePlan(paths, config["evaluate"], reconstruct)
    figures = FiguresPlan(paths, config, evaluate)
    return Plan(paths, recordings, models, masks, reconstruct, evaluate, figures)
