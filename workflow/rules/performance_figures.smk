"""Figures of the scores beyond those of single clips."""


rule draw_performance:
    """Reconstructions with their own movie against others, and how often they pick their own."""
    input:
        performance=result("evaluate", "performance.csv"),
        tests=result("evaluate", "performance_tests.csv"),
    output:
        svg=figure_file("performance", "svg"),
        png=report(
            figure_file("performance", "png"),
            caption="../report/performance.rst",
            category="Results",
            labels={"figure": "performance"},
        ),
        csv=figure_file("performance", "csv"),
    log:
        log_of("draw_performance"),
    benchmark:
        benchmark_of("draw_performance")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.performance", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_performance.py"


rule draw_temporal_maps:
    """How well each pixel is followed in time, inside both masks."""
    input:
        maps=tables_of_mice("temporal_map.npy"),
        alphas=[alpha_file(mouse) for mouse in MICE],
        summary=result("evaluate", "temporal_maps.csv"),
    output:
        svg=figure_file("temporal_maps", "svg"),
        png=report(
            figure_file("temporal_maps", "png"),
            caption="../report/temporal_maps.rst",
            category="Masks",
            labels={"figure": "temporal maps"},
        ),
        csv=figure_file("temporal_maps", "csv"),
    log:
        log_of("draw_temporal_maps"),
    benchmark:
        benchmark_of("draw_temporal_maps")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        mice=MICE,
        screen=MASKS["screen"],
        update_threshold=UPDATE_THRESHOLD,
        evaluation_threshold=MASKS["evaluation_threshold"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.temporal_maps", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_temporal_maps.py"


rule draw_threshold_scores:
    """Correlations against the evaluation threshold and the size of the mask."""
    input:
        scores=result("evaluate", "threshold_scores.csv"),
    output:
        svg=figure_file("threshold_scores", "svg"),
        png=report(
            figure_file("threshold_scores", "png"),
            caption="../report/threshold_scores.rst",
            category="Masks",
            labels={"figure": "threshold scores"},
        ),
        csv=figure_file("threshold_scores", "csv"),
    log:
        log_of("draw_threshold_scores"),
    benchmark:
        benchmark_of("draw_threshold_scores")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        variants=with_own_lines(config),
        evaluation_threshold=MASKS["evaluation_threshold"],
        dpi=FIGURES["png_dpi"],
        code=code_hash(
            "figures.threshold_scores", "evaluate.complete", "figures.save", "figures.tables"
        ),
    script:
        "../scripts/draw_threshold_scores.py"
