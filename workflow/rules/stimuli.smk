"""Artificial stimuli: reconstructed by the standard run's method from what the members predict, scored, drawn."""


rule reconstruct_stimuli:
    """The movies of a mouse's artificial stimuli from one member, or from all of them together."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=update_mask,
        spectrum=spectrum_file,
        members=members_of_movie,
        predictors=predictors_of_stimuli,
    output:
        movies=ensure(stimulus_file("movies.h5", member="{member}"), non_empty=True),
    log:
        log_of("reconstruct_stimuli", kind="{kind}", mouse="{mouse}", member="{member}"),
    benchmark:
        benchmark_of("reconstruct_stimuli", kind="{kind}", mouse="{mouse}", member="{member}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=4320,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=settings_of_movies,
        stimuli=settings_of_stimuli,
        mouse_index=index_of_mouse,
        update_threshold=threshold_of_movie,
        code=code_hash("reconstruct.stimuli"),
    script:
        "../scripts/reconstruct_stimuli.py"


rule score_stimuli:
    """Scores of every artificial stimulus of one kind and mouse, and one of each cell to look at."""
    input:
        alpha=alpha_file(),
        movies=stimulus_movies,
    output:
        scores=stimulus_scores("scores.csv"),
        examples=stimulus_scores("examples.h5"),
    log:
        log_of("score_stimuli", kind="{kind}", mouse="{mouse}"),
    benchmark:
        benchmark_of("score_stimuli", kind="{kind}", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=12000,
        runtime=240,
    params:
        stimuli=settings_of_stimuli,
        evaluation_threshold=MASKS["evaluation_threshold"],
        skip_frames=EVALUATE["skip_frames"],
        code=code_hash("evaluate.stimuli", "masks.thresholds"),
    script:
        "../scripts/score_stimuli.py"


rule average_stimuli:
    """The scores of all mice in one table, their mean in every cell of the grid, and its tests."""
    input:
        tables=stimulus_scores_of_mice,
    output:
        scores=stimulus_table("scores.csv"),
        cells=stimulus_table("cells.csv"),
        tests=stimulus_table("tests.csv"),
    log:
        log_of("average_stimuli", kind="{kind}"),
    benchmark:
        benchmark_of("average_stimuli", kind="{kind}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        seed=EVALUATE["shuffle_seed"],
        code=code_hash("evaluate.stimuli", "recordings.files"),
    script:
        "../scripts/average_stimuli.py"


rule draw_stimuli:
    """Heat maps over the grid of artificial stimuli."""
    input:
        cells=stimulus_table("cells.csv"),
        tests=stimulus_table("tests.csv"),
    output:
        svg=figure_file("stimuli", "svg", kind="{kind}"),
        png=report(
            figure_file("stimuli", "png", kind="{kind}"),
            caption="../report/stimuli.rst",
            category="Stimuli",
            labels={"figure": "stimuli", "kind": "{kind}"},
        ),
        csv=figure_file("stimuli", "csv", kind="{kind}"),
    log:
        log_of("draw_stimuli", kind="{kind}"),
    benchmark:
        benchmark_of("draw_stimuli", kind="{kind}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.stimuli", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_stimuli.py"


rule draw_stimulus_grid:
    """A frame of one stimulus of every cell beside its reconstruction."""
    input:
        examples=examples_of_stimuli,
        scores=scores_of_examples,
    output:
        svg=figure_file("stimulus_grid", "svg", kind="{kind}"),
        png=report(
            figure_file("stimulus_grid", "png", kind="{kind}"),
            caption="../report/stimulus_grid.rst",
            category="Stimuli",
            labels={"figure": "stimulus grid", "kind": "{kind}"},
        ),
        csv=figure_file("stimulus_grid", "csv", kind="{kind}"),
    log:
        log_of("draw_stimulus_grid", kind="{kind}"),
    benchmark:
        benchmark_of("draw_stimulus_grid", kind="{kind}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dpi=FIGURES["png_dpi"],
        code=code_hash("figures.stimulus_grid", "figures.save", "figures.tables"),
    script:
        "../scripts/draw_stimulus_grid.py"


rule film_stimuli:
    """One stimulus of every cell over its reconstruction, all at once."""
    input:
        examples=examples_of_stimuli,
    output:
        movie=report(
            movie_file("stimulus_film", kind="{kind}"),
            caption="../report/stimulus_film.rst",
            category="Movies",
            labels={"movie": "stimulus film", "kind": "{kind}"},
        ),
    log:
        log_of("film_stimuli", kind="{kind}"),
    benchmark:
        benchmark_of("film_stimuli", kind="{kind}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        frame_rate_hz=FIGURES["frame_rate_hz"],
        code=code_hash("figures.films", "figures.examples"),
    script:
        "../scripts/film_stimuli.py"
