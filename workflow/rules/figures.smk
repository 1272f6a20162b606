rule draw_alpha:
    """The transparency mask of one mouse with both thresholds: the picture to tune them by."""
    input:
        alpha=alpha_file(),
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
    output:
        svg=figure_file("alpha", "svg", mouse="{mouse}"),
        png=report(
            figure_file("alpha", "png", mouse="{mouse}"),
            caption="../report/alpha.rst",
            category="Masks",
            labels={"mouse": "{mouse}"},
        ),
        csv=figure_file("alpha", "csv", mouse="{mouse}"),
    log:
        log_of("draw_alpha", mouse="{mouse}"),
    benchmark:
        benchmark_of("draw_alpha", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        update_threshold=UPDATE_THRESHOLD,
        evaluation_threshold=MASKS["evaluation_threshold"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.mask_maps", "figures.save", "recordings.selection"),
    script:
        "../scripts/draw_alpha.py"


rule draw_masks:
    """The masks of all mice beside the true coverage, where it is known."""
    input:
        alphas=[alpha_file(mouse) for mouse in MICE],
        coverages=tables_of_mice("coverage.npy") if SIMULATED else [],
        neurons=tables_of_mice("neurons.csv") if SIMULATED else [],
    output:
        svg=figure_file("masks", "svg"),
        png=report(
            figure_file("masks", "png"),
            caption="../report/masks.rst",
            category="Masks",
            labels={"figure": "masks"},
        ),
        csv=figure_file("masks", "csv"),
    log:
        log_of("draw_masks"),
    benchmark:
        benchmark_of("draw_masks")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        mice=MICE,
        update_threshold=UPDATE_THRESHOLD,
        evaluation_threshold=MASKS["evaluation_threshold"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.mask_maps", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_masks.py"


rule draw_training:
    """Learning curves of the members."""
    input:
        validation=result("models", "validation.csv"),
    output:
        svg=figure_file("training", "svg"),
        png=report(
            figure_file("training", "png"),
            caption="../report/training.rst",
            category="Models",
            labels={"figure": "training"},
        ),
        csv=figure_file("training", "csv"),
    log:
        log_of("draw_training"),
    benchmark:
        benchmark_of("draw_training")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.curves", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_training.py"


rule draw_traces:
    """Loss and correlation over the iterations, for every clip and member."""
    input:
        traces=result("evaluate", "traces.csv"),
    output:
        svg=figure_file("traces", "svg"),
        png=report(
            figure_file("traces", "png"),
            caption="../report/traces.rst",
            category="Reconstruction",
            labels={"figure": "traces"},
        ),
        csv=figure_file("traces", "csv"),
    log:
        log_of("draw_traces"),
    benchmark:
        benchmark_of("draw_traces")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.curves", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_traces.py"


rule draw_scores:
    """Correlation per clip, with the controls."""
    input:
        scores=result("evaluate", "scores.csv"),
    output:
        svg=figure_file("scores", "svg"),
        png=report(
            figure_file("scores", "png"),
            caption="../report/scores.rst",
            category="Results",
            labels={"figure": "scores"},
        ),
        csv=figure_file("scores", "csv"),
    log:
        log_of("draw_scores"),
    benchmark:
        benchmark_of("draw_scores")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.scores", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_scores.py"


rule draw_ensemble_sizes:
    """Correlation against the number of averaged members."""
    input:
        ensemble_sizes=result("evaluate", "ensemble_sizes.csv"),
    output:
        svg=figure_file("ensemble_sizes", "svg"),
        png=report(
            figure_file("ensemble_sizes", "png"),
            caption="../report/ensemble_sizes.rst",
            category="Results",
            labels={"figure": "ensemble sizes"},
        ),
        csv=figure_file("ensemble_sizes", "csv"),
    log:
        log_of("draw_ensemble_sizes"),
    benchmark:
        benchmark_of("draw_ensemble_sizes")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash(
            "figures.curves",
            "evaluate.complete",
            "figures.save",
            "figures.scores",
            "figures.tables",
        ),
    script:
        "../scripts/draw_ensemble_sizes.py"


rule draw_calibration:
    """Whether the spread of the members tells how wrong they are."""
    input:
        coverage=result("evaluate", "calibration.csv"),
        bins=result("evaluate", "spread_bins.csv"),
    output:
        svg=figure_file("calibration", "svg"),
        png=report(
            figure_file("calibration", "png"),
            caption="../report/calibration.rst",
            category="Results",
            labels={"figure": "calibration"},
        ),
        csv=figure_file("calibration", "csv"),
    log:
        log_of("draw_calibration"),
    benchmark:
        benchmark_of("draw_calibration")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.uncertainty", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_calibration.py"


rule draw_frames:
    """Frames of one clip: shown, reconstructed, error."""
    input:
        clips=result("evaluate/tables", "clips.h5", mouse="{mouse}"),
    output:
        svg=figure_file("frames", "svg", mouse="{mouse}", clip="{clip}"),
        png=report(
            figure_file("frames", "png", mouse="{mouse}", clip="{clip}"),
            caption="../report/frames.rst",
            category="Results",
            labels={"mouse": "{mouse}", "clip": "{clip}"},
        ),
        csv=figure_file("frames", "csv", mouse="{mouse}", clip="{clip}"),
    log:
        log_of("draw_frames", mouse="{mouse}", clip="{clip}"),
    benchmark:
        benchmark_of("draw_frames", mouse="{mouse}", clip="{clip}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        num_frames=FIGURES["num_example_frames"],
        skip_frames=EVALUATE["skip_frames"],
        error_limit=FIGURES["error_limit_grey_levels"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.frames", "figures.save"),
    script:
        "../scripts/draw_frames.py"


rule film_side_by_side:
    """All clips of a mouse as a movie: shown beside reconstructed."""
    input:
        clips=result("evaluate/tables", "clips.h5", mouse="{mouse}"),
    output:
        movie=report(
            movie_file("side_by_side", mouse="{mouse}"),
            caption="../report/side_by_side.rst",
            category="Movies",
            labels={"mouse": "{mouse}"},
        ),
    log:
        log_of("film_side_by_side", mouse="{mouse}"),
    benchmark:
        benchmark_of("film_side_by_side", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        code=code_hash("figures.movies"),
    script:
        "../scripts/film_side_by_side.py"


rule film_error_map:
    """Over- and underestimation as hot and cold over the shown movie."""
    input:
        clips=result("evaluate/tables", "clips.h5", mouse="{mouse}"),
    output:
        movie=report(
            movie_file("error_map", mouse="{mouse}"),
            caption="../report/error_map.rst",
            category="Movies",
            labels={"mouse": "{mouse}"},
        ),
    log:
        log_of("film_error_map", mouse="{mouse}"),
    benchmark:
        benchmark_of("film_error_map", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        error_limit=FIGURES["error_limit_grey_levels"],
        code=code_hash("figures.movies"),
    script:
        "../scripts/film_error_map.py"


rule write_report:
    """One self-contained page with every figure, movie and headline number."""
    input:
        unpack(tables_of_captions),
        figures=figure_targets(),
        scores=result("evaluate", "scores.csv"),
        paper=result("tables", "paper.csv"),
        members=result("models", "members.csv"),
        split=result("recordings", "split.csv"),
        captions=report_captions(),
    output:
        # Snakemake keeps these two until the new ones are whole: a failed job loses no report
        page=update(result("", "report.html")),
        config=update(result("", "config.yaml")),
    log:
        log_of("write_report"),
    benchmark:
        benchmark_of("write_report")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        entries=report_entries(),
        config=config,
        code=code_hash("figures.overview"),
    script:
        "../scripts/write_report.py"


include: "mask_figures.smk"
include: "recording_figures.smk"
include: "variant_figures.smk"
include: "performance_figures.smk"
include: "movie_figures.smk"
include: "activity_figures.smk"
