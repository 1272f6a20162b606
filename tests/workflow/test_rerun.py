"""What runs again after a change: what depends on it, and nothing else."""

import ast
import csv
import hashlib

import pytest

MICE, MEMBERS = 2, 2
REPORT = {"write_report": 1, "all": 1}
MASK_MAPS = {"draw_alpha": MICE, "draw_masks": 1, "draw_thresholds": 1}
OF_MASKS = MASK_MAPS | {"draw_fields": 1, "draw_recovery": 1}
FROM_TABLES = {
    "draw_scores": 1,
    "draw_calibration": 1,
    "draw_ensemble_sizes": 1,
    "draw_traces": 1,
    "draw_reliability": 1,
    "draw_temporal_maps": 1,
}
FILMS_OF_MICE = {"film_side_by_side": MICE, "film_error_map": MICE, "film_spread": MICE}
FROM_CLIPS = {"draw_frames": MICE, "film_all_clips": 1, **FILMS_OF_MICE}
CLIP_SCORING = {"compare_sizes": 1, "tabulate_paper": 1, "stack_tables": 1}
CLIP_SCORING |= {"score_clips": MICE, **FROM_TABLES, **FROM_CLIPS, **REPORT}
SWEEPS = {"sweep_thresholds": MICE, "stack_sweeps": 1, "tabulate_paper": 1}
DRAWN_ACTIVITY = {"draw_activity": 1, "draw_relations": 1, "draw_ethogram": MICE}
ACTIVITY = {"score_activity": MICE, "compare_activity": 1, "relate_clips": 1, **DRAWN_ACTIVITY}
ACTIVITY |= {"tabulate_paper": 1}
PREDICTED = {"predict_activity": MICE, **ACTIVITY}
AT_THRESHOLD = {
    **CLIP_SCORING,
    **ACTIVITY,
    "score_variant": MICE,
    "compare_variants": 1,
    "calibrate_spread": MICE,
    "correlate_clips": MICE,
    "measure_performance": 1,
    "draw_performance": 1,
    "map_temporal_correlation": MICE,
    "draw_threshold_scores": 1,
}
SCORING = {**AT_THRESHOLD, **SWEEPS}
AVERAGING = {"average_members": MICE, "predict_activity": MICE}
MOVIES = {"reconstruct_clips": MICE * MEMBERS, **AVERAGING}
CONTROLS = {"reconstruct_shuffled": MICE, "reconstruct_bound": 2 * MICE}
VARIANT = {
    "average_members": MICE,
    "score_variant": MICE,
    "compare_variants": 1,
    "draw_variants": 1,
    "draw_variant_frames": MICE,
    "tabulate_paper": 1,
    **REPORT,
}
ERRORS = {"draw_errors": MICE, "draw_error_clips": 1, "film_errors": 1}
FROM_SCORES = {"draw_performance": 1, "draw_threshold_scores": 1}
DRAWING = {
    **FROM_TABLES,
    **FROM_SCORES,
    **OF_MASKS,
    **DRAWN_ACTIVITY,
    "draw_training": 1,
    "draw_frames": MICE,
    "draw_duplicates": 1,
}

CHANGED_KEYS = {
    "evaluation threshold": (
        {"masks": {"evaluation_threshold": 0.06}},  # sweeps have every threshold already
        {**AT_THRESHOLD, **MASK_MAPS},
    ),
    "update threshold": (
        {"masks": {"update_threshold": 0.04}},  # `map` has a prior instead of a mask
        {**PREDICTED, **REPORT},
    ),
    "update mask strict": (
        {"masks": {"update": "strict"}},
        REPORT,
    ),
    "kind of mask": (
        {"masks": {"kind": "fields"}},  # the fields are there: nothing of the masks runs again
        {**SCORING, **OF_MASKS, "predict_activity": MICE},
    ),
    "published mask": (
        {"masks": {"alpha": {"method": "paper"}}},
        {"fit_alpha": MICE, **SCORING, **OF_MASKS, "predict_activity": MICE},
    ),
    "smallest change": (
        {"masks": {"fields": {"smallest_change": 0.2}}},
        {"locate_fields": MICE, "draw_fields": 1, "draw_recovery": 1, **REPORT},
    ),
    "screen": (
        {"masks": {"screen": {"distance_cm": 20.0}}},
        {
            "draw_fields": 1,
            "draw_thresholds": 1,
            "draw_temporal_maps": 1,
            **SWEEPS,
            "draw_threshold_scores": 1,
            **REPORT,
        },
    ),
    "length of clips": (
        {"reconstruct": {"max_frames": 49}},
        {"measure_spectrum": 1, **MOVIES, **CONTROLS, "decode_ridge": MICE, **SCORING},
    ),
    "iterations": (
        {"reconstruct": {"map": {"num_iterations": 5}}},
        {**MOVIES, **CONTROLS, **SCORING},
    ),
    "another method": (
        {"reconstruct": {"method": "paper"}},
        {**MOVIES, **CONTROLS, **SCORING, **MASK_MAPS},
    ),
    "one movie of all members": (
        {"reconstruct": {"ensembling": "gradients"}},
        {
            "reconstruct_shuffled": MICE,
            "reconstruct_clips": MICE,
            **AVERAGING,
            **{
                rule: count
                for rule, count in SCORING.items()
                if rule not in ("calibrate_spread", "draw_calibration", "film_spread")
            },
        },
    ),
    "the other method": ({"reconstruct": {"paper": {"num_iterations": 7}}}, REPORT),
    "smoothing": (
        {"reconstruct": {"smoothing": {"sigma_px": 1.5}}},
        {**AVERAGING, **SCORING},
    ),
    "one more member": (
        {"models": {"num_members": 3}},
        {
            "train_member": 1,  # the two others stay
            "map_fields": MICE,
            "locate_fields": MICE,
            "draw_fields": 1,
            "draw_recovery": 1,
            "write_card": 1,
            "tabulate_members": 1,
            "draw_training": 1,
            "reconstruct_clips": MICE,  # through the new member only
            **AVERAGING,
            **SCORING,
        },
    ),
    "ridge": (
        {"evaluate": {"ridge": {"penalties": [1.0]}}},
        {"decode_ridge": MICE, **CLIP_SCORING},
    ),
    "a variant": (
        {"variants": {"run": ["predicted"]}},
        {
            **VARIANT,
            **PREDICTED,  # from the new movies only: all would be two jobs for each mouse
            "reconstruct_clips": MICE * MEMBERS,
            **ERRORS,
            **SWEEPS,
            "draw_threshold_scores": 1,
        },
    ),
    "a variant with equal movies": ({"variants": {"run": ["unsmoothed"]}}, VARIANT),
    "a variant that is not run": (
        {"variants": {"changes": {"predicted": {"target": "recorded"}}}},
        REPORT,
    ),
    "colours of spreads": (
        {"figures": {"spread_limit_grey_levels": 20.0}},
        {"film_spread": MICE, **REPORT},
    ),
    "lags": (
        {"evaluate": {"max_lag_frames": 5}},
        {"relate_clips": 1, "draw_relations": 1, **REPORT},
    ),
    "seed of what is shuffled": (
        {
            "evaluate": {"shuffle_seed": 7}
        },  # neither the linear decoder nor the bounds have chance in them
        {
            "reconstruct_shuffled": MICE,
            **CLIP_SCORING,
            "compare_variants": 1,
            "measure_performance": 1,
            "draw_performance": 1,
            "compare_activity": 1,
            "draw_activity": 1,
        },
    ),
    "resolution": ({"figures": {"png_dpi": 100}}, {**DRAWING, **REPORT}),
}


@pytest.mark.parametrize(("change", "jobs"), CHANGED_KEYS.values(), ids=CHANGED_KEYS.keys())
def test_changed_key(planned, change, jobs):
    assert planned.plan(overlay=change) == jobs


def append_code(finished, module):
    """A statement more at the end of a file."""
    path = finished.folder / module
    path.write_text(path.read_text() + "\n\nEDITED = True\n")


def edit_code(finished, module):
    """A statement more in every function of a file, and other constants."""
    path = finished.folder / module
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body.append(ast.parse("edited = True").body[0])
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            node.value.value = f"{node.value.value} " if isinstance(node.value.value, str) else 0
    path.write_text(ast.unparse(tree))


EDITED_CODE = {
    "evaluate/scores.py": SCORING,
    "evaluate/sweep.py": {**SWEEPS, "draw_threshold_scores": 1, **REPORT},
    "evaluate/performance.py": {
        "measure_performance": 1,
        "draw_performance": 1,
        "tabulate_paper": 1,
        **REPORT,
    },
    "evaluate/ssim.py": {
        "score_variant": MICE,
        "compare_variants": 1,
        "tabulate_paper": 1,
        **REPORT,
    },
    "reconstruct/descent.py": {**MOVIES, **CONTROLS, **SCORING},
    "evaluate/ridge.py": {"decode_ridge": MICE, **CLIP_SCORING},
    "figures/style.py": {**DRAWING, **REPORT},
    "figures/movies.py": {**FILMS_OF_MICE, **REPORT},
    "figures/tiles.py": {"film_all_clips": 1, **REPORT},
    "figures/frames.py": {"draw_frames": MICE, **REPORT},
    "figures/report_page.py": REPORT,
    "recordings/catalogue/statistics.py": {
        "summarise_neurons": MICE,
        "complete_catalogue": 1,
        "all": 1,
    },
    "recordings/catalogue/naming.py": {"complete_catalogue": 1, "all": 1},
}


@pytest.mark.parametrize(("module", "jobs"), EDITED_CODE.items(), ids=EDITED_CODE.keys())
def test_edited_code(planned, module, jobs):
    before = (planned.folder / module).read_text()
    edit_code(planned, module)
    try:
        assert planned.plan() == jobs
    finally:
        (planned.folder / module).write_text(before)


def test_edited_encoder_trains_again(finished):
    edit_code(finished, "models/factorised.py")
    plan = finished.plan()
    assert plan["train_member"] == MEMBERS
    assert {"simulate_mouse", "check_recording", "select_trials"}.isdisjoint(plan)


def test_comments_and_docstrings_rerun_nothing(finished):
    for module in ("models/factorised.py", "reconstruct/descent.py"):
        path = finished.folder / module
        start, text, rest = path.read_text().split('"""', 2)
        path.write_text(
            f'{start}"""{text} Now with more words."""\n\n# a comment\n{rest}\n# the end\n'
        )
    run = finished.run("--dry-run").succeeded()
    assert "Nothing to be done" in run.text


def test_edited_caption_renews_the_report(finished):
    caption = finished.folder / "workflow/report/scores.rst"
    caption.write_text(caption.read_text() + "\nMore words.\n")
    assert finished.plan() == REPORT


def test_edited_script_reruns_its_rule(finished):
    append_code(finished, "workflow/scripts/compare_sizes.py")
    assert finished.plan() == {"compare_sizes": 1, "tabulate_paper": 1, **REPORT}


def read_state(pipeline, pattern):
    """Time and content of files."""
    return {
        path: (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in pipeline.files(pattern)
    }


def read_scores(pipeline):
    with open(pipeline.folder / "results/evaluate/scores.csv") as file:
        return [row["video_correlation"] for row in csv.DictReader(file)]


@pytest.mark.slow
def test_another_evaluation_threshold_scores_the_same_movies(finished):
    patterns = ("results/**/movies.h5", "results/**/ensemble.h5", "results/**/member.pt")
    before = [read_state(finished, pattern) for pattern in patterns]
    scores = read_scores(finished)
    overlay = {"masks": {"evaluation_threshold": 0.06}}
    finished.run("results/evaluate/scores.csv", overlay=overlay).succeeded()
    # member movies, shuffled neurons, ridge and the two bounds of each mouse
    assert len(before[0]) == MICE * (MEMBERS + 4)
    assert [read_state(finished, pattern) for pattern in patterns] == before
    changed = read_scores(finished)
    assert len(changed) == len(scores)
    assert changed != scores
