"""Tables that captions of the report quote, beside the csv of each figure; apart from the sentences, so that rules load no plots."""

QUOTED_TABLES = {
    "scores": (),
    "performance": ("performance_tests",),
    "ensemble_sizes": ("ensemble_tests", "ensemble_sizes"),
    "calibration": (),
    "activity": ("activity_tests",),
    "relations": ("relation_fits", "cross_correlation"),
    "duplicates": (),
    "variants": ("variant_tests", "variants"),
    "population": ("variant_tests", "variants"),
    "threshold_scores": ("threshold_scores",),
    "stimuli": (),
    "stimulus_grid": (),
}
"""By the name of the figure, which is that of its caption: names of tables in results/evaluate/."""
