rule draw_activity:
    """Poisson loss and correlation of the activity that each version of a clip predicts."""
    input:
        scores=result("evaluate", "activity.csv"),
        tests=result("evaluate", "activity_tests.csv"),
    output:
        svg=figure_file("activity", "svg"),
        png=report(
            figure_file("activity", "png"),
            caption="../report/activity.rst",
            category="Activity",
            labels={"figure": "activity"},
        ),
        csv=figure_file("activity", "csv"),
    log:
        log_of("draw_activity"),
    benchmark:
        benchmark_of("draw_activity")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.activity", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_activity.py"


rule draw_ethogram:
    """One clip over time: movie, behaviour, recorded and predicted activity, reconstruction."""
    input:
        frames=activity_file("frames.csv"),
        activity=predictions_file(STANDARD),
    output:
        svg=figure_file("ethogram", "svg", mouse="{mouse}", clip="{clip}"),
        png=report(
            figure_file("ethogram", "png", mouse="{mouse}", clip="{clip}"),
            caption="../report/ethogram.rst",
            category="Activity",
            labels={"mouse": "{mouse}", "clip": "{clip}"},
        ),
        csv=figure_file("ethogram", "csv", mouse="{mouse}", clip="{clip}"),
    log:
        log_of("draw_ethogram", mouse="{mouse}", clip="{clip}"),
    benchmark:
        benchmark_of("draw_ethogram", mouse="{mouse}", clip="{clip}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        num_neurons=FIGURES["num_example_neurons"],
        frame_rate_hz=FIGURES["frame_rate_hz"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.ethogram", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_ethogram.py"


rule draw_relations:
    """Accuracy of the reconstructions against movie, behaviour and predicted activity."""
    input:
        relations=result("evaluate", "relations.csv"),
        fits=result("evaluate", "relation_fits.csv"),
        lags=result("evaluate", "cross_correlation.csv"),
    output:
        svg=figure_file("relations", "svg"),
        png=report(
            figure_file("relations", "png"),
            caption="../report/relations.rst",
            category="Activity",
            labels={"figure": "relations"},
        ),
        csv=figure_file("relations", "csv"),
    log:
        log_of("draw_relations"),
    benchmark:
        benchmark_of("draw_relations")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.relations", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_relations.py"
