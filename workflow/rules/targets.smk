"""What a run makes: figures, movies, report, archive."""


def figure_file(name, ending, /, **entities):
    """A figure's svg, png or csv with the plotted numbers."""
    return result(
        "figures", "_".join([name, *(f"{k}-{v}" for k, v in entities.items())]) + f".{ending}"
    )


def movie_file(name, **entities):
    """A movie of one mouse, or of all."""
    return result(
        "figures/movies", "_".join([name, *(f"{k}-{v}" for k, v in entities.items())]) + ".mp4"
    )


def clips_file(mouse="{mouse}"):
    """What was shown and reconstructed, and the mask that was scored."""
    return result("evaluate/tables", "clips.h5", mouse=mouse)


def mask_targets():
    """The masks and their figures, for tuning."""
    return [figure_file(name, "png", **by) for name, by in mask_figures()]


def mask_figures():
    """Figures of the masks stage, with their wildcards."""
    names = ["masks", "fields", "thresholds"] + (["recovery"] if SIMULATED else [])
    return [(name, {}) for name in names] + [("alpha", {"mouse": mouse}) for mouse in MICE]


def archive_targets():
    """Every file of the archive."""
    return [fetched_file(file) for file in ARCHIVE["files"]]


def figure_targets():
    """Every figure and movie."""
    return [path for _, _, path, _ in report_entries()]


def final_targets():
    """What `snakemake` makes, and makes again where it was deleted: all but what only the next job reads."""
    page = [result("", "report.html"), result("", "config.yaml"), result("tables", "paper.csv")]
    return figure_targets() + page + promised_numbers() + promised_results() + promised_tables()


def promised_numbers():
    """Each figure once more as svg, and the numbers in it."""
    drawn = [(name, by) for category, name, _, by in report_entries() if category != "Movies"]
    return [figure_file(name, ending, **by) for name, by in drawn for ending in ("svg", "csv")]


def promised_results():
    """Members, masks, receptive fields, movies, predicted activity."""
    files = member_files("member.pt") + member_files("curve.csv") + member_files("card.md")
    for mouse in MICE:
        files += [alpha_file(mouse)]
        files += [fields_file(name, mouse) for name in ("fields.h5", "coverage.h5", "neurons.csv")]
        files += controls_of_mouse(SimpleNamespace(mouse=mouse)).values()
        files += predictions_of_mouse(SimpleNamespace(mouse=mouse))
    for variant in VARIANTS:
        of_mice = [SimpleNamespace(mouse=mouse, variant=variant) for mouse in MICE]
        files += [ensemble_file(variant, mouse) for mouse in MICE]
        files += [path for of_mouse in of_mice for path in movies_of_members(of_mouse)]
    for kind in STIMULI["run"]:
        shown = [SimpleNamespace(mouse=m, kind=kind) for m in mice_of_stimuli(kind)]
        files += [path for of_mouse in shown for path in stimulus_movies(of_mouse)]
    return list(dict.fromkeys(files))


def promised_tables():
    """The tables of all mice: evaluation, members, sets of trials, catalogue."""
    evaluated = tidy_tables() + ["variants", "populations", "variant_tests", "ensemble_tests"]
    evaluated += ["performance", "performance_tests", "activity", "activity_tests"]
    evaluated += ["relations", "relation_fits", "cross_correlation", "threshold_scores"]
    tables = [result("evaluate", f"{name}.csv") for name in evaluated]
    tables += [
        result("evaluate/stimuli", f"{name}.csv", kind=kind)
        for kind in STIMULI["run"]
        for name in ("scores", "cells", "tests")
    ]
    tables += [result("models", f"{name}.csv") for name in ("validation", "members")]
    tables += [result("recordings", f"{name}.csv") for name in ("sets", "split", "duplicates")]
    tables += catalogue_tables("parquet") + catalogue_tables("csv")
    return tables + [catalogue_file("published_conflicts.csv")]


def tables_of_paper(wildcards):
    """The tables that hold what the paper printed, as far as this run makes them."""
    names = ["variants", "variant_tests", "populations", "ensemble_tests", "ensemble_sizes"]
    names += ["threshold_scores"]
    names += ["performance_tests", "activity", "activity_tests"]
    tables = {name: result("evaluate", f"{name}.csv") for name in names}
    cells = {f"cells_{k}": result("evaluate/stimuli", "cells.csv", kind=k) for k in STIMULI["run"]}
    return tables | cells


def tables_of_captions(wildcards):
    """The tables that captions of this run quote, beside the csv of each figure."""
    drawn = {name for _, name, _, _ in report_entries()}
    quoted = {table for name in drawn & set(QUOTED_TABLES) for table in QUOTED_TABLES[name]}
    return {table: result("evaluate", f"{table}.csv") for table in sorted(quoted)}


def run_in_brief():
    """What of the config says how a run differs from the paper's: fields of `evaluate.paper_differences.Run`."""
    frames = [RECONSTRUCT["max_frames"]]
    frames += [RECORDINGS["simulated"]["clip_frames"]] if SIMULATED else []
    encoders = {parse_member(name).encoder for name in TRAINED}
    mask = [MASKS["kind"]] + ([MASKS["alpha"]["method"]] if MASKS["kind"] == "alpha" else [])
    return {
        "simulated": SIMULATED,
        "num_mice": len(MICE),
        "num_clips": RECORDINGS["selection"]["num_clips"],
        "max_frames": min(frames),
        "num_members": len(MEMBERS),
        "encoders": ", ".join(sorted(encoders | ({"dwiseneuro"} if LOADED else set()))),
        "mask": ", ".join(mask),
        "settings": settings_in_brief(),
        "methods": {name: method_in_brief(name) for name in VARIANTS},
        "stimuli": {kind: stimuli_in_brief(kind) for kind in STIMULI["run"]},
    }


def method_in_brief(variant):
    """Method and iterations of a variant."""
    reconstruct = variant_config(config, variant)["reconstruct"]
    return reconstruct["method"], reconstruct[reconstruct["method"]]["num_iterations"]


def settings_in_brief():
    """Numbers of the standard run that scores depend on."""
    smoothing = RECONSTRUCT["smoothing"]
    return {
        "masks.evaluation_threshold": MASKS["evaluation_threshold"],
        "evaluate.skip_frames": EVALUATE["skip_frames"],
        **{f"smoothing.{name}": smoothing[name] for name in ("sigma_px", "sigma_frames")},
    }


def stimuli_in_brief(kind):
    """Mice, target, frames and repetitions of noise or directions of gratings."""
    of_kind, num_mice = STIMULI[kind], min(STIMULI["num_mice"][kind], len(MICE))
    brief = {"num_mice": num_mice, "target": STIMULI["target"], "num_frames": of_kind["num_frames"]}
    if kind == "noise":
        return brief | {"num_repetitions": of_kind["num_repetitions"]}
    return brief | {"num_directions": len(of_kind["directions_deg"])}


def report_entries():
    """Every figure and movie in the order of the report: category, caption, file, wildcards."""
    results = [("Results", "scores", {}), ("Results", "performance", {})]
    results += [("Results", "ensemble_sizes", {})]
    clips = range(min(FIGURES["num_example_clips"], RECORDINGS["selection"]["num_clips"]))
    results += [("Results", "frames", {"mouse": m, "clip": clip}) for m in MICE for clip in clips]
    results += [("Results", "calibration", {})] if HAS_SPREAD else []
    activity = [("Activity", name, {}) for name in ("activity", "relations")]
    activity += [
        ("Activity", "ethogram", {"mouse": m, "clip": clip}) for m in MICE for clip in clips
    ]
    results += [("Variants", "variants", {})] if len(VARIANTS) > 1 else []
    results += [("Variants", "population", {})] if populations(config) else []
    examples = [
        ("Variants", "variant_frames", {"mouse": m, "clip": c}) for m in MICE for c in clips
    ]
    results += examples if len(VARIANTS) > 1 else []
    results += [
        ("Stimuli", name, {"kind": kind})
        for kind in STIMULI["run"]
        for name in ("stimuli", "stimulus_grid")
    ]
    errors = [("Errors", "error_clips", {})]
    errors += [("Errors", "errors", {"mouse": m, "clip": clip}) for m in MICE for clip in clips]
    results += errors if HAS_ERRORS else []
    names = ["side_by_side", "error_map"] + (["spread"] if HAS_SPREAD else [])
    movies = [("Movies", "all_clips", {})] + ([("Movies", "errors", {})] if HAS_ERRORS else [])
    movies += [("Movies", name, {"mouse": m}) for name in names for m in MICE]
    movies += [("Movies", "stimulus_film", {"kind": kind}) for kind in STIMULI["run"]]
    masks = [("Masks", name, by) for name, by in mask_figures()]
    masks += [("Masks", "temporal_maps", {}), ("Masks", "threshold_scores", {})]
    others = [("Reconstruction", "traces", {}), ("Models", "training", {})]
    others += [("Recordings", "duplicates", {})]
    others += [("Recordings", "reliability", {})] if SIMULATED else []
    return [
        (
            category,
            name,
            movie_file(name, **by) if category == "Movies" else figure_file(name, "png", **by),
            by,
        )
        for category, name, by in results + activity + movies + masks + others
    ]


def report_captions():
    """The caption templates, so that an edited caption renews the report."""
    return sorted({f"workflow/report/{name}.rst" for _, name, _, _ in report_entries()}) + [
        "workflow/report/workflow.rst"
    ]
