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
        code=code_hash("figures.variants", "figures.save", "figures.tables"),
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
