"""Movies from activity: of clips, of artificial stimuli, their mean over the members."""


rule measure_spectrum:
    """The mean frame and the spectrum of the training movies, from which the prior is made."""
    input:
        sets=recordings.training_sets,
        recordings=[ancient(folder) for folder in recordings.folders],
    output:
        spectrum=ensure(reconstruct.spectrum, non_empty=True),
    resources:
        runtime=120,
    params:
        mice=recordings.mice,
        max_frames=reconstruct.settings["max_frames"],
    script:
        "../scripts/measure_spectrum.py"


rule reconstruct_clips:
    """The movies of a mouse's held-out clips from one member, or from all of them together."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=reconstruct.update_mask,
        spectrum=reconstruct.spectrum_of_method,
        members=reconstruct.members_of_movie,
        predictors=reconstruct.predictors,
    output:
        movies=ensure(reconstruct.movies(), non_empty=True),
    resources:
        mem_mb=8000,
        runtime=1440,
        gpu=gpus,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=reconstruct.settings_of_movies,
        mouse_index=recordings.index_of_mouse,
        update_threshold=reconstruct.threshold_of_movie,
    script:
        "../scripts/reconstruct_clips.py"


rule reconstruct_stimuli:
    """The movies of a mouse's artificial stimuli from one member, or from all of them together."""
    input:
        sets=recordings.file("sets.csv"),
        recording=ancient(recordings.of_mouse),
        alpha=reconstruct.update_mask,
        spectrum=reconstruct.spectrum_of_method,
        members=reconstruct.members_of_movie,
        predictors=reconstruct.predictors_of_stimuli,
    output:
        movies=ensure(reconstruct.stimulus("movies.h5", member="{member}"), non_empty=True),
    resources:
        mem_mb=8000,
        runtime=4320,
        gpu=gpus,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=reconstruct.settings_of_movies,
        stimuli=reconstruct.settings_of_stimuli,
        mouse_index=recordings.index_of_mouse,
        update_threshold=reconstruct.threshold_of_movie,
    script:
        "../scripts/reconstruct_stimuli.py"


rule average_members:
    """The ensemble: the mean of the members' movies, plain and smoothed."""
    input:
        movies=reconstruct.movies_of_members,
    output:
        movies=ensure(reconstruct.ensemble("{variant}"), non_empty=True),
    params:
        settings=reconstruct.smoothing,
    script:
        "../scripts/average_members.py"
