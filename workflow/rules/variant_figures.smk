rule draw_variants:
    """Correlation of every variant beside the standard run."""
    input:
        scores=result("evaluate", "variants.csv"),
        tests=result("evaluate", "variant_tests.csv"),
    output:
        svg=figure_file("variants", "svg"),
        png=report(
            figure_file("variants", "png"),
            caption="../report/variants.rst",
            category="Variants",
            labels={"figure": "variants"},
        ),
        csv=figure_file("variants", "csv"),
    log:
        log_of("draw_variants"),
    benchmark:
        benchmark_of("draw_variants")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.variants", "evaluate.complete", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_variants.py"


rule draw_population:
    """Correlation against the share of the neurons."""
    input:
        scores=result("evaluate", "populations.csv"),
        tests=result("evaluate", "variant_tests.csv"),
    output:
        svg=figure_file("population", "svg"),
        png=report(
            figure_file("population", "png"),
            caption="../report/population.rst",
            category="Variants",
            labels={"figure": "population"},
        ),
        csv=figure_file("population", "csv"),
    log:
        log_of("draw_population"),
    benchmark:
        benchmark_of("draw_population")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.variants", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_population.py"


rule draw_variant_frames:
    """Frames of one clip: shown, and reconstructed by the standard run and every variant."""
    input:
        clips=clips_file(),
        ensembles=[ensemble_file(variant) for variant in VARIANTS],
    output:
        svg=figure_file("variant_frames", "svg", mouse="{mouse}", clip="{clip}"),
        png=report(
            figure_file("variant_frames", "png", mouse="{mouse}", clip="{clip}"),
            caption="../report/variant_frames.rst",
            category="Variants",
            labels={"mouse": "{mouse}", "clip": "{clip}"},
        ),
        csv=figure_file("variant_frames", "csv", mouse="{mouse}", clip="{clip}"),
    log:
        log_of("draw_variant_frames", mouse="{mouse}", clip="{clip}"),
    benchmark:
        benchmark_of("draw_variant_frames", mouse="{mouse}", clip="{clip}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        variants=VARIANTS,
        frame_rate_hz=FIGURES["frame_rate_hz"],
        num_frames=FIGURES["num_example_frames"],
        skip_frames=EVALUATE["skip_frames"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.variant_frames", "figures.save"),
    script:
        "../scripts/draw_variant_frames.py"
