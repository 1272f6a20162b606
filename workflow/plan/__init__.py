"""What a run makes, from what, and where: pure functions of the config, without Snakemake."""

import re
from dataclasses import dataclass
from typing import Any

from workflow.plan.evaluate import EvaluatePlan
from workflow.plan.figures import FiguresPlan
from workflow.plan.masks import MasksPlan
from workflow.plan.models import ModelsPlan
from workflow.plan.paths import Paths
from workflow.plan.reconstruct import ReconstructPlan
from workflow.plan.recordings import RecordingsPlan


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
    def wildcard_patterns(self) -> dict[str, str]:
        """What each wildcard may be, as a regular expression."""
        return {
            "mouse": "[A-Za-z0-9]+",
            "member": "[A-Za-z0-9]+",
            "variant": "[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*",
            "clip": "[0-9]+",
            "bound": "true_neurons|noise_free",
            "kind": "noise|gratings",
            "recording": "|".join(map(re.escape, self.recordings.names)),
        }

    def targets(self) -> list[str]:
        """What `snakemake` makes: all figures, films, tables and the report."""
        tables = [self.evaluate.paper_table, *self.recordings.catalogue_tables("parquet")]
        return [*self.figures.targets(), self.figures.report_page, *tables]


def plan_run(config: dict[str, Any]) -> Plan:
    """The plan of a config that has been validated."""
    paths = Paths()
    recordings = RecordingsPlan(paths, config["recordings"])
    models = ModelsPlan(paths, config["models"], recordings)
    masks = MasksPlan(paths, config["masks"], models)
    reconstruct = ReconstructPlan(paths, config, recordings, models, masks)
    evaluate = EvaluatePlan(paths, config["evaluate"], reconstruct)
    figures = FiguresPlan(paths, config, evaluate)
    return Plan(paths, recordings, models, masks, reconstruct, evaluate, figures)
