rule draw_errors:
    """A clip frame by frame: both reconstructions, and their difference over the movie."""
    input:
        clips=clips_file(),
        predicted=ensemble_file(PREDICTED),
    output:
        svg=figure_file("errors", "svg", mouse="{mouse}", clip="{clip}"),
        png=report(
            figure_file("errors", "png", mouse="{mouse}", clip="{clip}"),
            caption="../report/errors.rst",
            category="Errors",
            labels={"mouse": "{mouse}", "clip": "{clip}"},
        ),
        csv=figure_file("errors", "csv", mouse="{mouse}", clip="{clip}"),
    log:
        log_of("draw_errors", mouse="{mouse}", clip="{clip}"),
    benchmark:
        benchmark_of("draw_errors", mouse="{mouse}", clip="{clip}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        skip_frames=EVALUATE["skip_frames"],
        error_limit=FIGURES["error_limit_grey_levels"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.errors", "figures.save"),
    script:
        "../scripts/draw_errors.py"


rule draw_error_clips:
    """The error map of one frame of every clip."""
    input:
        clips=[clips_file(mouse) for mouse in MICE],
        predicted=[ensemble_file(PREDICTED, mouse) for mouse in MICE],
    output:
        svg=figure_file("error_clips", "svg"),
        png=report(
            figure_file("error_clips", "png"),
            caption="../report/error_clips.rst",
            category="Errors",
            labels={"figure": "error clips"},
        ),
        csv=figure_file("error_clips", "csv"),
    log:
        log_of("draw_error_clips"),
    benchmark:
        benchmark_of("draw_error_clips")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        mice=MICE,
        frame_rate_hz=FIGURES["frame_rate_hz"],
        skip_frames=EVALUATE["skip_frames"],
        error_limit=FIGURES["error_limit_grey_levels"],
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.errors", "figures.save"),
    script:
        "../scripts/draw_error_clips.py"


rule film_errors:
    """The error maps of all clips as one movie, at half speed."""
    input:
        clips=[clips_file(mouse) for mouse in MICE],
        predicted=[ensemble_file(PREDICTED, mouse) for mouse in MICE],
    output:
        movie=report(
            movie_file("errors"),
            caption="../report/errors.rst",
            category="Movies",
            labels={"movie": "errors"},
        ),
    log:
        log_of("film_errors"),
    benchmark:
        benchmark_of("film_errors")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        mice=MICE,
        frame_rate_hz=FIGURES["frame_rate_hz"],
        error_limit=FIGURES["error_limit_grey_levels"],
        code=code_hash("figures.films"),
    script:
        "../scripts/film_errors.py"


rule film_all_clips:
    """All clips of all mice as one movie: shown above reconstructed."""
    input:
        clips=[clips_file(mouse) for mouse in MICE],
    output:
        movie=report(
            movie_file("all_clips"),
            caption="../report/all_clips.rst",
            category="Movies",
            labels={"movie": "all clips"},
        ),
    log:
        log_of("film_all_clips"),
    benchmark:
        benchmark_of("film_all_clips")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        mice=MICE,
        frame_rate_hz=FIGURES["frame_rate_hz"],
        code=code_hash("figures.films"),
    script:
        "../scripts/film_all_clips.py"


rule film_spread:
    """All clips of a mouse as a movie: shown, reconstructed, spread of the members."""
    input:
        clips=clips_file(),
        ensemble=ensemble_file(STANDARD),
    output:
        movie=report(
            movie_file("spread", mouse="{mouse}"),
            caption="../report/spread.rst",
            category="Movies",
            labels={"mouse": "{mouse}"},
        ),
    log:
        log_of("film_spread", mouse="{mouse}"),
    benchmark:
        benchmark_of("film_spread", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        spread_limit=FIGURES["spread_limit_grey_levels"],
        code=code_hash("figures.movies", "reconstruct.ensemble"),
    script:
        "../scripts/film_spread.py"
