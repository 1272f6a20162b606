"""Figures of masks and receptive fields."""


rule draw_fields:
    """Receptive fields and masks of all mice."""
    input:
        fields=[fields_file("fields.h5", mouse) for mouse in MICE],
        alphas=[alpha_file(mouse) for mouse in MICE],
    output:
        svg=figure_file("fields", "svg"),
        png=report(
            figure_file("fields", "png"),
            caption="../report/fields.rst",
            category="Masks",
            labels={"figure": "fields"},
        ),
        csv=figure_file("fields", "csv"),
    log:
        log_of("draw_fields"),
    benchmark:
        benchmark_of("draw_fields")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        mice=MICE,
        screen=MASKS["screen"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.fields", "figures.save", "masks.geometry"),
    script:
        "../scripts/draw_fields.py"


rule draw_thresholds:
    """How large masks are at each threshold, and how alpha was found."""
    input:
        alphas=[alpha_file(mouse) for mouse in MICE],
    output:
        svg=figure_file("thresholds", "svg"),
        png=report(
            figure_file("thresholds", "png"),
            caption="../report/thresholds.rst",
            category="Masks",
            labels={"figure": "thresholds"},
        ),
        csv=figure_file("thresholds", "csv"),
    log:
        log_of("draw_thresholds"),
    benchmark:
        benchmark_of("draw_thresholds")
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
        stop=ALPHA_SETTINGS.get("explained_share", 1.0),
        evaluation_threshold=MASKS["evaluation_threshold"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.thresholds", "figures.save", "masks.geometry", "masks.thresholds"),
    script:
        "../scripts/draw_thresholds.py"


if SIMULATED:

    rule draw_recovery:
        """Found receptive fields and masks against the truth of the simulated mice."""
        input:
            fields=[fields_file("fields.h5", mouse) for mouse in MICE],
            alphas=[alpha_file(mouse) for mouse in MICE],
            neurons=tables_of_mice("neurons.csv"),
            coverages=tables_of_mice("coverage.npy"),
        output:
            svg=figure_file("recovery", "svg"),
            png=report(
                figure_file("recovery", "png"),
                caption="../report/recovery.rst",
                category="Masks",
                labels={"figure": "recovery"},
            ),
            csv=figure_file("recovery", "csv"),
        log:
            log_of("draw_recovery"),
        benchmark:
            benchmark_of("draw_recovery")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            mice=MICE,
            dpi=FIGURES["png_dpi"],
            code=code_hash("figures.recovery", "figures.save", "masks.geometry"),
        script:
            "../scripts/draw_recovery.py"
