"""Numbers: controls, scores, statistics, predicted activity."""

from workflow.plan.evaluate import SHUFFLED


rule reconstruct_shuffled:
    """Control: the same reconstruction after handing the responses to other neurons."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=reconstruct.update_mask,
        spectrum=reconstruct.spectrum_of_method,
        members=reconstruct.members_of_movie,
        predictors=reconstruct.predictors,
    output:
        movies=ensure(evaluate.control(SHUFFLED), non_empty=True),
    resources:
        mem_mb=8000,
        runtime=1440,
        gpu=gpus,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=reconstruct.settings_of_movies,
        mouse_index=recordings.index_of_mouse,
        update_threshold=reconstruct.threshold_of_movie,
        seed=evaluate.config["shuffle_seed"],
    script:
        "../scripts/reconstruct_shuffled.py"


rule decode_ridge:
    """Control: a linear decoder from activity to pixels, fitted on the training trials."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
    output:
        movies=ensure(evaluate.control("ridge"), non_empty=True),
    resources:
        mem_mb=6000,
        runtime=240,
    params:
        settings=evaluate.config["ridge"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/decode_ridge.py"


if recordings.is_simulated:

    rule reconstruct_bound:
        """Control: reconstruction through the simulated neurons, from recorded or noise-free responses."""
        input:
            sets=recordings.file("sets.csv"),
            recording=ancient(recordings.of_mouse),
            alpha=reconstruct.update_mask,
            spectrum=reconstruct.spectrum_of_method,
            truth=recordings.truth_of_mouse,
        output:
            movies=ensure(evaluate.control("{bound}"), non_empty=True),
        resources:
            mem_mb=8000,
            runtime=1440,
            gpu=gpus,
            checkpoint_s=CHECKPOINT_S,
        params:
            settings=reconstruct.settings_of_bound,
            mouse_index=recordings.index_of_mouse,
            update_threshold=reconstruct.threshold_of_movie,
        script:
            "../scripts/reconstruct_bound.py"

    rule describe_truth:
        """What the simulator knows and figures may show: reliability, field centres, coverage."""
        input:
            truth=recordings.truth_of_mouse,
        output:
            neurons=evaluate.of_mouse("neurons.csv"),
            coverage=evaluate.of_mouse("coverage.npy"),
        script:
            "../scripts/describe_truth.py"


rule score_clips:
    """Scores of every clip, source and ensemble size, and the traces with their correlations."""
    input:
        unpack(evaluate.controls_of_mouse),
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        members=reconstruct.movies_of_members,
        ensemble=reconstruct.ensemble(),
    output:
        scores=evaluate.of_mouse("scores.csv"),
        ensemble_sizes=evaluate.of_mouse("ensemble_sizes.csv"),
        traces=evaluate.of_mouse("traces.csv"),
        clips=evaluate.of_mouse("clips.h5"),
    resources:
        mem_mb=4000,
    params:
        members=reconstruct.movie_members,
        controls=evaluate.controls,
        evaluation_threshold=masks.config["evaluation_threshold"],
        smoothing=reconstruct.settings["smoothing"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/score_clips.py"


rule score_variant:
    """Scores of every clip of one variant."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        ensemble=reconstruct.ensemble("{variant}"),
    output:
        scores=evaluate.variant("scores.csv"),
    resources:
        mem_mb=4000,
    params:
        columns=evaluate.columns_of_variant,
        evaluation_threshold=masks.config["evaluation_threshold"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/score_variant.py"


rule compare_variants:
    """The scores of all variants in one table, and each against the standard run, mouse by mouse."""
    input:
        tables=[
            evaluate.variant("scores.csv", v, m)
            for v in reconstruct.variants
            for m in recordings.mice
        ],
    output:
        scores=evaluate.table("variants"),
        populations=evaluate.table("populations"),
        tests=evaluate.table("variant_tests"),
    params:
        populations=evaluate.populations,
        seed=evaluate.config["shuffle_seed"],
    script:
        "../scripts/compare_variants.py"


rule compare_sizes:
    """Whether more members reconstruct better, size by size."""
    input:
        sizes=evaluate.table("ensemble_sizes"),
    output:
        tests=evaluate.table("ensemble_tests"),
    params:
        seed=evaluate.config["shuffle_seed"],
    script:
        "../scripts/compare_sizes.py"


rule calibrate_spread:
    """Whether the spread of the members tells the error of their mean."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        ensemble=reconstruct.ensemble(),
    output:
        calibration=evaluate.of_mouse("calibration.csv"),
        spread_bins=evaluate.of_mouse("spread_bins.csv"),
        spread_clips=evaluate.of_mouse("spread_clips.csv"),
    resources:
        mem_mb=4000,
    params:
        num_members=len(models.members),
        evaluation_threshold=masks.config["evaluation_threshold"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/calibrate_spread.py"


rule stack_tables:
    """The tables of all mice, one under the other."""
    input:
        tables=[table for name in evaluate.stacked for table in evaluate.of_mice(f"{name}.csv")],
    output:
        tables=[evaluate.table(name) for name in evaluate.stacked],
    script:
        "../scripts/stack_tables.py"


rule correlate_clips:
    """Every reconstruction of a mouse against every movie that it was shown."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        ensemble=reconstruct.ensemble(),
    output:
        pairs=evaluate.of_mouse("pairs.csv"),
    resources:
        mem_mb=4000,
    params:
        evaluation_threshold=masks.config["evaluation_threshold"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/correlate_clips.py"


rule measure_performance:
    """Reconstructions with their own movie and with others, tested over clips and over mice."""
    input:
        pairs=evaluate.of_mice("pairs.csv"),
    output:
        performance=evaluate.table("performance"),
        tests=evaluate.table("performance_tests"),
    params:
        seed=evaluate.config["shuffle_seed"],
    script:
        "../scripts/measure_performance.py"


rule map_temporal_correlation:
    """How well each pixel of the screen is followed in time."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        ensemble=reconstruct.ensemble(),
    output:
        map=ensure(evaluate.of_mouse("temporal_map.npy"), non_empty=True),
        summary=evaluate.of_mouse("temporal_maps.csv"),
    resources:
        mem_mb=4000,
    params:
        update_threshold=reconstruct.update_threshold,
        evaluation_threshold=masks.config["evaluation_threshold"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/map_temporal_correlation.py"


rule sweep_thresholds:
    """Scores of one variant at every evaluation threshold, whichever the config has."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        ensemble=reconstruct.ensemble("{variant}"),
    output:
        scores=evaluate.variant("threshold_scores.csv"),
    resources:
        mem_mb=4000,
    params:
        screen=masks.config["screen"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/sweep_thresholds.py"


rule stack_sweeps:
    """The scores at every threshold of all mice and of all variants with movies of their own."""
    input:
        tables=[
            evaluate.variant("threshold_scores.csv", v, m)
            for v in evaluate.swept
            for m in recordings.mice
        ],
    output:
        scores=evaluate.table("threshold_scores"),
    script:
        "../scripts/stack_sweeps.py"


rule predict_activity:
    """What all members expect of each clip as shown, masked, reconstructed and matched in contrast, or reconstructed from predicted activity."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        members=models.files("member.pt"),
        ensemble=reconstruct.ensemble("{variant}"),
    output:
        activity=ensure(evaluate.predictions("{variant}"), non_empty=True),
    wildcard_constraints:
        variant=evaluate.predicted_pattern,
    resources:
        mem_mb=8000,
        runtime=720,
        gpu=gpus,
    params:
        update_threshold=masks.config["update_threshold"],
        stride_frames=evaluate.stride_of_predictions,
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/predict_activity.py"


rule score_activity:
    """Scores of every prediction, and what clips and frames are like: movie, behaviour, accuracy."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=masks.alpha(),
        ensemble=reconstruct.ensemble(),
        activity=evaluate.predictions_of_mouse,
    output:
        scores=evaluate.activity("scores.csv"),
        relations=evaluate.activity("relations.csv"),
        frames=evaluate.activity("frames.csv"),
    resources:
        mem_mb=4000,
    params:
        evaluation_threshold=masks.config["evaluation_threshold"],
        skip_frames=evaluate.config["skip_frames"],
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/score_activity.py"


rule compare_activity:
    """The scores of all mice, and paired tests of the masked movie and of matched contrast."""
    input:
        scores=evaluate.activities("scores.csv"),
    output:
        scores=evaluate.table("activity"),
        tests=evaluate.table("activity_tests"),
    params:
        seed=evaluate.config["shuffle_seed"],
    script:
        "../scripts/compare_activity.py"


rule relate_clips:
    """Accuracy of the reconstructions against movie, behaviour and accuracy of the predictions."""
    input:
        relations=evaluate.activities("relations.csv"),
        frames=evaluate.activities("frames.csv"),
    output:
        relations=evaluate.table("relations"),
        fits=evaluate.table("relation_fits"),
        lags=evaluate.table("cross_correlation"),
    params:
        max_lag_frames=evaluate.config["max_lag_frames"],
    script:
        "../scripts/relate_clips.py"


rule score_stimuli:
    """Scores of every artificial stimulus of one kind and mouse, and one of each cell to look at."""
    input:
        alpha=masks.alpha(),
        movies=reconstruct.stimulus_movies,
    output:
        scores=evaluate.stimuli("scores.csv"),
        examples=evaluate.stimuli("examples.h5"),
    resources:
        mem_mb=12000,
        runtime=240,
    params:
        stimuli=reconstruct.settings_of_stimuli,
        evaluation_threshold=masks.config["evaluation_threshold"],
        skip_frames=evaluate.config["skip_frames"],
    script:
        "../scripts/score_stimuli.py"


rule average_stimuli:
    """The scores of all mice in one table, their mean in every cell of the grid, and its tests."""
    input:
        tables=evaluate.stimulus_scores,
    output:
        scores=evaluate.stimulus_table("scores.csv"),
        cells=evaluate.stimulus_table("cells.csv"),
        tests=evaluate.stimulus_table("tests.csv"),
    params:
        seed=evaluate.config["shuffle_seed"],
    script:
        "../scripts/average_stimuli.py"


rule tabulate_paper:
    """Our values beside the published ones, row by row."""
    input:
        **evaluate.tables_of_paper,
    output:
        table=evaluate.paper_table,
    params:
        run=evaluate.run_in_brief(),
        published=evaluate.published_values,
    script:
        "../scripts/tabulate_paper.py"
