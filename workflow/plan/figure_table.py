"""The table of figures and films: all that the workflow, the report and the tests know of each is its row here.

To add one: a row, the function that it names, a caption in workflow/report/<name>.rst.
"""

from dataclasses import replace
from typing import Any

from reconstruct.variants import PREDICTED, STANDARD, has_errors, populations
from workflow.plan.evaluate import EvaluatePlan
from workflow.plan.mask_table import mask_rows
from workflow.plan.row import FILMS, Row


def figure_table(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    """Every row, in the order of the report, with what this run has not."""
    return [
        replace(row, category=category)
        for category, rows in CATEGORIES
        for row in rows(config, evaluate)
    ]


def _scores(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    table, rate = evaluate.table, "figures.frame_rate_hz"
    frames = (rate, "figures.num_example_frames", "evaluate.skip_frames")
    return [
        Row(
            "scores",
            "scores.make_scores",
            {"scores": table("scores")},
            paper="figure 2",
            tells="quotes_of_scores.tell_scores",
        ),
        Row(
            "performance",
            "performance.make_performance",
            {"scores": table("performance"), "tests": table("performance_tests")},
            paper="figure 2",
            tells="quotes_of_scores.tell_performance",
            tables=("performance_tests",),
        ),
        Row(
            "ensemble_sizes",
            "curves.make_ensemble_sizes",
            {"scores": table("ensemble_sizes")},
            paper="figure 3",
            tells="quotes_of_scores.tell_sizes",
            tables=("ensemble_tests", "ensemble_sizes"),
        ),
        Row(
            "frames",
            "frames.make_frames",
            {"clips": evaluate.clips},
            keys=(*frames, "figures.error_limit_grey_levels"),
            over=("mouse", "clip"),
            paper="figure 1 B-D",
        ),
        Row(
            "calibration",
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
    return [
        Row(
            "variants",
            "variants.make_variants",
            compared,
            exists=len(made.variants) > 1,
            paper="figure 1 S2",
            tells="quotes_of_variants.tell_variants",
            tables=("variant_tests", "variants"),
        ),
        Row(
            "population",
            "variants.make_population",
            reduced,
            exists=bool(populations(config)),
            paper="figure 4 S2",
            tells="quotes_of_variants.tell_populations",
            tables=("variant_tests", "variants"),
        ),
        Row(
            "variant_frames",
            "variant_frames.make_variant_frames",
            {"clips": evaluate.clips, "ensembles": [made.ensemble(name) for name in made.variants]},
            keys=(rate, "figures.num_example_frames", skip),
            given={"variants": made.variants},
            over=("mouse", "clip"),
            exists=len(made.variants) > 1,
            paper="figure 1 S2",
        ),
    ]


def _stimuli(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    table, first = evaluate.stimulus_table, evaluate.of_first_mouse
    return [
        Row(
            "stimuli",
            "stimuli.make_stimuli",
            {"cells": table("cells.csv"), "tests": table("tests.csv")},
            over=("kind",),
            paper="figures 4, 4 S1",
            tells="quotes_of_variants.tell_stimuli",
        ),
        Row(
            "stimulus_grid",
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
            "activity.make_activity",
            {"scores": table("activity"), "tests": table("activity_tests")},
            paper="figure 1 S2",
            tells="quotes_of_scores.tell_activity",
            tables=("activity_tests",),
        ),
        Row(
            "relations",
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
            "films.film_all_clips",
            {"clips": clips},
            keys=(rate,),
            given={"mice": mice},
            paper="video 1",
            mem_mb=4000,
        ),
        Row(
            "errors",
            "films.film_errors",
            {"clips": clips, "predicted": predicted},
            keys=(rate, limit),
            given={"mice": mice},
            exists=has_errors(config),
            paper="video 4",
            mem_mb=4000,
        ),
    ]


def _films_of_mice(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    made, rate = evaluate.reconstruct, "figures.frame_rate_hz"
    limit = "figures.error_limit_grey_levels"
    return [
        Row(
            "side_by_side",
            "movies.film_side_by_side",
            {"clips": evaluate.clips},
            keys=(rate,),
            over=("mouse",),
            paper="video 1",
        ),
        Row(
            "error_map",
            "movies.film_error_map",
            {"clips": evaluate.clips},
            keys=(rate, limit),
            over=("mouse",),
            paper="video 4",
        ),
        Row(
            "spread",
            "movies.film_spread",
            {"clips": evaluate.clips, "ensemble": made.ensemble(STANDARD)},
            keys=(rate, "figures.spread_limit_grey_levels"),
            over=("mouse",),
            exists=evaluate.has_spread,
        ),
        Row(
            "stimulus_film",
            "films.film_stimuli",
            {"examples": evaluate.of_first_mouse("examples.h5")},
            keys=(rate,),
            over=("kind",),
            paper="videos 2, 3",
            mem_mb=4000,
        ),
    ]


def _descent(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    return [
        Row(
            "traces",
            "curves.make_traces",
            {"traces": evaluate.table("traces")},
            paper="figure 1 B-D",
        )
    ]


def _models(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    made = evaluate.reconstruct
    return [
        Row("training", "curves.make_training", {"validation": made.models.table("validation")})
    ]


def _recordings(config: dict[str, Any], evaluate: EvaluatePlan) -> list[Row]:
    recordings = evaluate.reconstruct.recordings
    return [
        Row(
            "duplicates",
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
            "reliability.make_reliability",
            {"neurons": evaluate.table("neurons")},
            exists=recordings.is_simulated,
        ),
    ]


CATEGORIES = (
    ("Results", _scores),
    ("Variants", _variants),
    ("Stimuli", _stimuli),
    ("Errors", _errors),
    ("Activity", _activity),
    (FILMS, _films),
    (FILMS, _films_of_mice),
    ("Masks", mask_rows),
    ("Reconstruction", _descent),
    ("Models", _models),
    ("Recordings", _recordings),
)
