"""The rows of the table that show masks and receptive fields."""

from typing import Any

from reconstruct.variants import with_own_lines
from workflow.plan.evaluate import EvaluatePlan
from workflow.plan.row import Row


def mask_rows(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """What masks are tuned by before anything is reconstructed, and what they do to the scores."""
    return [row for part in (_masks, _fields, _scores) for row in part(config, evaluate)]


def _masks(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """What masks are tuned by, before anything is reconstructed."""
    made = evaluate.reconstruct
    recordings, masks = made.recordings, made.masks
    alphas = [masks.alpha(mouse) for mouse in evaluate.mice]
    mice, threshold = {"mice": evaluate.mice}, "masks.evaluation_threshold"
    update = {"update_threshold": made.update_threshold}
    stop = {"stop": masks.alpha_settings.get("explained_share", 1.0)}
    paper = "figure 1 S3"
    return [
        Row(
            "masks",
            "mask_maps.make_masks",
            {"alphas": alphas, **_truth(evaluate)},
            keys=(threshold,),
            given=mice | update,
            paper=paper,
            tunes_masks=True,
        ),
        Row(
            "thresholds",
            "thresholds.make_thresholds",
            {"alphas": alphas},
            keys=("masks.screen", threshold),
            given=mice | update | stop,
            paper=paper,
            tunes_masks=True,
        ),
        Row(
            "alpha",
            "mask_maps.make_alpha",
            {
                "alpha": masks.alpha(),
                "sets": recordings.file("sets.csv"),
                "recording": recordings.of_mouse,
            },
            keys=(threshold,),
            given=update,
            over=("mouse",),
            paper=paper,
            tunes_masks=True,
        ),
    ]


def _fields(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """Where receptive fields lie."""
    masks, mice = evaluate.reconstruct.masks, {"mice": evaluate.mice}
    alphas = [masks.alpha(mouse) for mouse in evaluate.mice]
    fields = [masks.fields("fields.h5", mouse) for mouse in evaluate.mice]
    return [
        Row(
            "fields",
            "fields.make_fields",
            {"fields": fields, "alphas": alphas},
            keys=("masks.screen",),
            given=mice,
            paper="figure 1 S3",
            tunes_masks=True,
        ),
        Row(
            "recovery",
            "recovery.make_recovery",
            {"fields": fields, "alphas": alphas, **_truth(evaluate)},
            given=mice,
            exists=evaluate.is_simulated,
            tunes_masks=True,
        ),
    ]


def _truth(evaluate: EvaluatePlan) -> dict[str, list[str]]:
    """What is known of simulated mice."""
    names = {"coverages": "coverage.npy", "neurons": "neurons.csv"}
    is_simulated = evaluate.is_simulated
    return {key: evaluate.of_mice(name) if is_simulated else [] for key, name in names.items()}


def _scores(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """What masks do to the scores."""
    masks, threshold = evaluate.reconstruct.masks, "masks.evaluation_threshold"
    return [
        Row(
            "temporal_maps",
            "temporal_maps.make_temporal_maps",
            {
                "maps": evaluate.of_mice("temporal_map.npy"),
                "alphas": [masks.alpha(mouse) for mouse in evaluate.mice],
                "summary": evaluate.table("temporal_maps"),
            },
            keys=("masks.screen", threshold),
            given={
                "mice": evaluate.mice,
                "update_threshold": evaluate.reconstruct.update_threshold,
            },
            paper="figure 1 S3",
        ),
        Row(
            "threshold_scores",
            "threshold_scores.make_threshold_scores",
            {"scores": evaluate.table("threshold_scores")},
            keys=(threshold,),
            given={"variants": with_own_lines(config)},
            paper="figure 1 S2",
            tells="quotes_of_variants.tell_thresholds",
            tables=("threshold_scores",),
        ),
    ]
