"""What was shown and what was measured: recordings, their checks, their catalogue, the sets of trials."""

from workflow.opening import unread_of
from workflow.plan.recordings import KNOWN, SHOWN, digest_of

if recordings.is_simulated:

    rule simulate_mouse:
        """A mouse with a known answer, in the Sensorium 2023 layout, and the truth behind it."""
        output:
            recording=directory(recordings.simulated("recording")),
            digest=digest_of(recordings.simulated("recording")),
            truth=recordings.simulated("truth"),
        resources:
            mem_mb=3000,
        params:
            settings=recordings.config["simulated"],
            seed=recordings.config["simulated"]["seed"],
            mouse_index=recordings.index_of_recording,
        script:
            "../scripts/simulate_mouse.py"


rule check_recording:
    """Read every array of a recording once; refuse it at the first fault, list its trials."""
    input:
        unpack(unread_of(recordings)),
    output:
        trials=recordings.file("trials.csv", mouse="{mouse}"),
    script:
        "../scripts/check_recording.py"


rule inspect_recording:
    """List every fault of a recording, whatever else is wrong with it; succeeds with faults too."""
    input:
        unpack(unread_of(recordings)),
    output:
        table=recordings.file("report.csv", mouse="{mouse}"),
        text=recordings.file("report.txt", mouse="{mouse}"),
    script:
        "../scripts/inspect_recording.py"


rule summarise_checks:
    """Errors, warnings and notes of every recording; the terminal names the recordings with errors."""
    input:
        tables=[recordings.file("report.csv", mouse=mouse) for mouse in recordings.mice],
    output:
        summary=recordings.file("checks.csv"),
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        mice=recordings.mice,
    script:
        "../scripts/summarise_checks.py"


rule find_duplicates:
    """Which trials are trained on, and the training movie most like the movie of each clip that may be reconstructed."""
    input:
        tables=[recordings.file("trials.csv", mouse=mouse) for mouse in recordings.mice],
        catalogue=recordings.catalogue("trials.parquet"),
        recordings=[ancient(folder) for folder in recordings.folders],
    output:
        alike=recordings.file("duplicates.csv"),
        training=recordings.file("training.csv"),
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        settings=recordings.split_settings,
        mice=recordings.config["mice"],
    script:
        "../scripts/find_duplicates.py"


rule select_trials:
    """Split the trials of all mice by movie: training, validation, held out; prove that the sets share none."""
    input:
        tables=[recordings.file("trials.csv", mouse=mouse) for mouse in recordings.mice],
        catalogue=recordings.catalogue("trials.parquet"),
        alike=recordings.file("duplicates.csv"),
    output:
        sets=recordings.file("sets.csv"),
        split=recordings.file("split.csv"),
    params:
        settings=recordings.config["selection"],
        mice=recordings.config["mice"],
    script:
        "../scripts/select_trials.py"


rule pack_recording:
    """The training and validation trials of a mouse, frame by frame, so that a clip is one short read."""
    input:
        sets=recordings.training_sets,
        recording=ancient(recordings.of_mouse),
    output:
        packed=directory(recordings.packed_of("{mouse}")),
        digest=digest_of(recordings.packed_of("{mouse}")),
    resources:
        runtime=240,
    script:
        "../scripts/pack_recording.py"


localrules:  # compute nodes may have no network
    fetch_file,
    fetch_recording,


rule fetch_file:
    """A file of the paper's public archive, in its folder; what is made here is only the record of it."""
    output:
        record=recordings.fetched_file(),  # Snakemake deletes outputs before it makes them anew: not the file
    wildcard_constraints:
        file=recordings.archive_pattern,
    resources:
        mem_mb=1000,
        runtime=720,
    params:
        url=recordings.sources["archive"]["url"],
        folder=recordings.sources["archive"]["folder"],
    script:
        "../scripts/fetch_file.py"


rule fetch_recording:
    """The zip of a recording from the public archive or a mirror; what is made here is only the record of it."""
    output:
        record=recordings.fetched_recording(),  # not the zip: Snakemake deletes outputs before it makes them anew
    resources:
        mem_mb=1000,
        runtime=2880,
    params:
        settings=recordings.sources["download"],
        lost=recordings.lost_zip,
    script:
        "../scripts/fetch_recording.py"


rule unpack_recording:
    """A recording out of its zip, once that is still the fetched one; what is made here is only the record of it."""
    input:
        record=recordings.fetched_recording(),
    output:
        record=recordings.unpacked_recording(),  # not the folder, for the same reason
    resources:
        mem_mb=1000,
        runtime=240,
    params:
        folder=recordings.config["folder"],
        max_gb=recordings.sources["download"]["max_gb"],
        lost=recordings.lost_recording,
    script:
        "../scripts/unpack_recording.py"


rule scan_recording:
    """Classify every trial of a recording, and say what of it is valid."""
    input:
        checked=recordings.file("trials.csv", mouse="{mouse}"),  # what the check refuses is not scanned
        recording=ancient(recordings.of_mouse),
    output:
        scan=directory(recordings.scan()),
        digest=digest_of(recordings.scan()),
    threads: 2
    resources:
        runtime=240,
    script:
        "../scripts/scan_recording.py"


rule summarise_neurons:
    """Statistics of each neuron over the frames that were measured."""
    input:
        scan=ancient(recordings.scan()),
        digest=digest_of(recordings.scan()),
        recording=ancient(recordings.of_mouse),
    output:
        neurons=recordings.catalogue("neurons.parquet", mouse="{mouse}"),
    threads: 2
    resources:
        runtime=240,
    script:
        "../scripts/summarise_neurons.py"


rule identify_videos:
    """Find the same videos and segments in all recordings; write the tables of what was shown."""
    input:
        scans=[ancient(recordings.scan(mouse)) for mouse in recordings.mice],
        digests=[digest_of(recordings.scan(mouse)) for mouse in recordings.mice],
        recordings=[ancient(folder) for folder in recordings.folders],
    output:
        parquet=recordings.catalogue_tables("parquet", SHOWN),
        csv=recordings.catalogue_tables("csv", SHOWN),
        videos=recordings.catalogue("unnamed_videos.parquet"),
    resources:
        mem_mb=3000,
        runtime=120,
    script:
        "../scripts/identify_videos.py"


rule complete_catalogue:
    """The tables of videos with their published names, neurons and basic facts, on which no selection of trials depends."""
    input:
        scans=[ancient(recordings.scan(mouse)) for mouse in recordings.mice],
        digests=[digest_of(recordings.scan(mouse)) for mouse in recordings.mice],
        neurons=[recordings.catalogue("neurons.parquet", mouse=mouse) for mouse in recordings.mice],
        trials=recordings.catalogue("trials.parquet"),
        videos=recordings.catalogue("unnamed_videos.parquet"),
        published=recordings.published_names,
    output:
        parquet=recordings.catalogue_tables("parquet", KNOWN),
        csv=recordings.catalogue_tables("csv", KNOWN),
        conflicts=recordings.catalogue("published_conflicts.csv"),
    resources:
        mem_mb=1000,
    params:
        published=recordings.metadata,
    script:
        "../scripts/complete_catalogue.py"


rule publish_catalogue:
    """The catalogue in the format of the published metadata, and as one JSON file a recording for viewers."""
    input:
        tables=recordings.catalogue_tables("parquet"),
    output:
        published=directory(recordings.catalogue("published")),
        unified=directory(recordings.catalogue("unified")),
    script:
        "../scripts/publish_catalogue.py"


rule check_metadata:
    """List what is wrong with the published metadata; succeeds with faults too."""
    input:
        files=recordings.published_files,
    output:
        table=recordings.file("metadata.csv"),
    resources:
        mem_mb=1000,
    params:
        folder=recordings.metadata,
    script:
        "../scripts/check_metadata.py"
