"""The table of figures and films: all that the workflow, the report and the tests know of each is its row here.

To add one: a row, the function that it names, a caption in workflow/report/<name>.rst.
"""

from typing import Any

from reconstruct.variants import PREDICTED, STANDARD, has_errors, populations, with_own_lines
from workflow.plan.evaluate import EvaluatePlan
from workflow.plan.row import FILMS, Row


def figure_table(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """Every row, in the order of the report, with what this run has not."""
    parts = (_scores, _variants, _errors, _activity, _films, _masks, _mask_scores, _others)
    return [row for part in parts for row in part(config, evaluate)]


def _scores(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    table, rate = evaluate.table, "figures.frame_rate_hz"
    frames = (rate, "figures.num_example_frames", "evaluate.skip_frames")
    return [
        Row(
            "scores",
            "Results",
            "scores.make_scores",
            {"scores": table("scores")},
            paper="figure 2",
            tells="quotes_of_scores.tell_scores",
        ),
        Row(
            "performance",
            "Results",
            "performance.make_performance",
            {"scores": table("performance"), "tests": table("performance_tests")},
            paper="figure 2",
            tells="quotes_of_scores.tell_performance",
            tables=("performance_tests",),
        ),
        Row(
            "ensemble_sizes",
            "Results",
            "curves.make_ensemble_sizes",
            {"scores": table("ensemble_sizes")},
            paper="figure 3",
            tells="quotes_of_scores.tell_sizes",
            tables=("ensemble_tests", "ensemble_sizes"),
        ),
        Row(
            "frames",
            "Results",
            "frames.make_frames",
            {"clips": evaluate.clips},
            keys=(*frames, "figures.error_limit_grey_levels"),
            over=("mouse", "clip"),
            paper="figure 1 B-D",
        ),
        Row(
            "calibration",
            "Results",
            "uncertainty.make_calibration",
            {"coverage": table("calibration"), "bins": table("spread_bins")},
            exists=evaluate.has_spread,
            tells="quotes_of_scores.tell_calibration",
        ),
    ]


def _variants(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    table, made = evaluate.table, evaluate.reconstruct
    rate, skip = "figures.frame_rate_hz", "evaluate.skip_frames"
    compared = {"scores": table("variants"), "tests": table("variant_tests")}
    reduced = {"scores": table("populations"), "tests": table("variant_tests")}
    first = evaluate.of_first_mouse
    return [
        Row(
            "variants",
            "Variants",
            "variants.make_variants",
            compared,
            exists=len(made.variants) > 1,
            paper="figure 1 S2",
            tells="quotes_of_variants.tell_variants",
            tables=("variant_tests", "variants"),
        ),
        Row(
            "population",
            "Variants",
            "variants.make_population",
            reduced,
            exists=bool(populations(config)),
            paper="figure 4 S2",
            tells="quotes_of_variants.tell_populations",
            tables=("variant_tests", "variants"),
        ),
        Row(
            "variant_frames",
            "Variants",
            "variant_frames.make_variant_frames",
            {"clips": evaluate.clips, "ensembles": [made.ensemble(name) for name in made.variants]},
            keys=(rate, "figures.num_example_frames", skip),
            given={"variants": made.variants},
            over=("mouse", "clip"),
            exists=len(made.variants) > 1,
            paper="figure 1 S2",
        ),
        Row(
            "stimuli",
            "Stimuli",
            "stimuli.make_stimuli",
            {
                "cells": evaluate.stimulus_table("cells.csv"),
                "tests": evaluate.stimulus_table("tests.csv"),
            },
            over=("kind",),
            paper="figures 4, 4 S1",
            tells="quotes_of_variants.tell_stimuli",
        ),
        Row(
            "stimulus_grid",
            "Stimuli",
            "stimulus_grid.make_stimulus_grid",
            {"examples": first("examples.h5"), "scores": first("scores.csv")},
            over=("kind",),
            paper="figure 4",
            tells="quotes_of_variants.tell_grid",
        ),
    ]


def _errors(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """Reconstructions from recorded against those from predicted activity."""
    made = evaluate.reconstruct
    predicted = [made.ensemble(PREDICTED, mouse) for mouse in evaluate.mice]
    rate, skip = "figures.frame_rate_hz", "evaluate.skip_frames"
    limit = "figures.error_limit_grey_levels"
    return [
        Row(
            "error_clips",
            "Errors",
            "errors.make_error_clips",
            {"clips": evaluate.of_mice("clips.h5"), "predicted": predicted},
            keys=(rate, skip, limit),
            given={"mice": evaluate.mice},
            exists=has_errors(config),
            paper="figures 5, 6",
            mem_mb=4000,
        ),
        Row(
            "errors",
            "Errors",
            "errors.make_errors",
            {"clips": evaluate.clips, "predicted": made.ensemble(PREDICTED)},
            keys=(rate, skip, limit),
            over=("mouse", "clip"),
            exists=has_errors(config),
            paper="figures 5, 6",
        ),
    ]


def _activity(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    table, rate = evaluate.table, "figures.frame_rate_hz"
    return [
        Row(
            "activity",
            "Activity",
            "activity.make_activity",
            {"scores": table("activity"), "tests": table("activity_tests")},
            paper="figure 1 S2",
            tells="quotes_of_scores.tell_activity",
            tables=("activity_tests",),
        ),
        Row(
            "relations",
            "Activity",
            "relations.make_relations",
            {
                "relations": table("relations"),
                "fits": table("relation_fits"),
                "lags": table("cross_correlation"),
            },
            keys=(rate,),
            paper="figure 2 S1",
            tells="quotes_of_scores.tell_relations",
            tables=("relation_fits", "cross_correlation"),
        ),
        Row(
            "ethogram",
            "Activity",
            "ethogram.make_ethogram",
            {"frames": evaluate.activity("frames.csv"), "activity": evaluate.predictions(STANDARD)},
            keys=(rate, "figures.num_example_neurons"),
            over=("mouse", "clip"),
            paper="figure 1 S1",
        ),
    ]


def _films(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    made, rate = evaluate.reconstruct, "figures.frame_rate_hz"
    clips, mice = evaluate.of_mice("clips.h5"), evaluate.mice
    predicted = [made.ensemble(PREDICTED, mouse) for mouse in mice]
    limit = "figures.error_limit_grey_levels"
    return [
        Row(
            "all_clips",
            FILMS,
            "films.film_all_clips",
            {"clips": clips},
            keys=(rate,),
            given={"mice": mice},
            paper="video 1",
            mem_mb=4000,
        ),
        Row(
            "errors",
            FILMS,
            "films.film_errors",
            {"clips": clips, "predicted": predicted},
            keys=(rate, limit),
            given={"mice": mice},
            exists=has_errors(config),
            paper="video 4",
            mem_mb=4000,
        ),
        Row(
            "side_by_side",
            FILMS,
            "movies.film_side_by_side",
            {"clips": evaluate.clips},
            keys=(rate,),
            over=("mouse",),
            paper="video 1",
        ),
        Row(
            "error_map",
            FILMS,
            "movies.film_error_map",
            {"clips": evaluate.clips},
            keys=(rate, limit),
            over=("mouse",),
            paper="video 4",
        ),
        Row(
            "spread",
            FILMS,
            "movies.film_spread",
            {"clips": evaluate.clips, "ensemble": made.ensemble(STANDARD)},
            keys=(rate, "figures.spread_limit_grey_levels"),
            over=("mouse",),
            exists=evaluate.has_spread,
        ),
        Row(
            "stimulus_film",
            FILMS,
            "films.film_stimuli",
            {"examples": evaluate.of_first_mouse("examples.h5")},
            keys=(rate,),
            over=("kind",),
            paper="videos 2, 3",
            mem_mb=4000,
        ),
    ]


def _masks(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """What masks are tuned by, before anything is reconstructed."""
    made = evaluate.reconstruct
    recordings, masks = made.recordings, made.masks
    alphas = [masks.alpha(mouse) for mouse in evaluate.mice]
    fields = [masks.fields("fields.h5", mouse) for mouse in evaluate.mice]
    is_simulated = recordings.is_simulated
    truth = {
        "coverages": evaluate.of_mice("coverage.npy") if is_simulated else [],
        "neurons": evaluate.of_mice("neurons.csv") if is_simulated else [],
    }
    mice, threshold = {"mice": evaluate.mice}, "masks.evaluation_threshold"
    update = {"update_threshold": made.update_threshold}
    stop = {"stop": masks.alpha_settings.get("explained_share", 1.0)}
    paper = "figure 1 S3"
    return [
        Row(
            "masks",
            "Masks",
            "mask_maps.make_masks",
            {"alphas": alphas, **truth},
            keys=(threshold,),
            given=mice | update,
            paper=paper,
            tunes_masks=True,
        ),
        Row(
            "fields",
            "Masks",
            "fields.make_fields",
            {"fields": fields, "alphas": alphas},
            keys=("masks.screen",),
            given=mice,
            paper=paper,
            tunes_masks=True,
        ),
        Row(
            "thresholds",
            "Masks",
            "thresholds.make_thresholds",
            {"alphas": alphas},
            keys=("masks.screen", threshold),
            given=mice | update | stop,
            paper=paper,
            tunes_masks=True,
        ),
        Row(
            "recovery",
            "Masks",
            "recovery.make_recovery",
            {"fields": fields, "alphas": alphas, **truth},
            given=mice,
            exists=is_simulated,
            tunes_masks=True,
        ),
        Row(
            "alpha",
            "Masks",
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


def _mask_scores(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """What masks do to the scores."""
    masks, threshold = evaluate.reconstruct.masks, "masks.evaluation_threshold"
    return [
        Row(
            "temporal_maps",
            "Masks",
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
            "Masks",
            "threshold_scores.make_threshold_scores",
            {"scores": evaluate.table("threshold_scores")},
            keys=(threshold,),
            given={"variants": with_own_lines(config)},
            paper="figure 1 S2",
            tells="quotes_of_variants.tell_thresholds",
            tables=("threshold_scores",),
        ),
    ]


def _others(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """The descent, the encoders and the recordings."""
    made, recordings = evaluate.reconstruct, evaluate.reconstruct.recordings
    return [
        Row(
            "traces",
            "Reconstruction",
            "curves.make_traces",
            {"traces": evaluate.table("traces")},
            paper="figure 1 B-D",
        ),
        Row(
            "training",
            "Models",
            "curves.make_training",
            {"validation": made.models.table("validation")},
        ),
        Row(
            "duplicates",
            "Recordings",
            "duplicates.make_duplicates",
            {
                "alike": recordings.file("duplicates.csv"),
                "sets": recordings.file("sets.csv"),
                "recordings": recordings.folders,
            },
            keys=("recordings.selection.duplicate_correlation",),
            given={"mice": recordings.mice, "named": list(recordings.config["selection"]["clips"])},
            paper="figure 6 S1",
            tells="quotes_of_scores.tell_duplicates",
        ),
        Row(
            "reliability",
            "Recordings",
            "reliability.make_reliability",
            {"neurons": evaluate.table("neurons")},
            exists=recordings.is_simulated,
        ),
    ]
