"""Figures of what was shown and what was measured."""


rule draw_duplicates:
    """The clips that may be reconstructed beside the training movies most like them."""
    input:
        alike=result("recordings", "duplicates.csv"),
        sets=result("recordings", "sets.csv"),
        recordings=recordings_of_mice(),
    output:
        svg=figure_file("duplicates", "svg"),
        png=report(
            figure_file("duplicates", "png"),
            caption="../report/duplicates.rst",
            category="Recordings",
            labels={"figure": "duplicates"},
        ),
        csv=figure_file("duplicates", "csv"),
    log:
        log_of("draw_duplicates"),
    benchmark:
        benchmark_of("draw_duplicates")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        mice=MICE,
        threshold=RECORDINGS["selection"]["duplicate_correlation"],
        named=list(RECORDINGS["selection"]["clips"]),
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.duplicates", "figures.save", "recordings.duplicates"),
    script:
        "../scripts/draw_duplicates.py"


if SIMULATED:

    rule draw_reliability:
        """How reliable the simulated neurons are."""
        input:
            neurons=result("evaluate", "neurons.csv"),
        output:
            svg=figure_file("reliability", "svg"),
            png=report(
                figure_file("reliability", "png"),
                caption="../report/reliability.rst",
                category="Recordings",
                labels={"figure": "reliability"},
            ),
            csv=figure_file("reliability", "csv"),
        log:
            log_of("draw_reliability"),
        benchmark:
            benchmark_of("draw_reliability")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            dpi=FIGURES["png_dpi"],
            code=code_hash("figures.reliability", "figures.save", "figures.tables"),
        script:
            "../scripts/draw_reliability.py"
