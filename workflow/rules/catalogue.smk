rule scan_recording:
    """Classify every trial of a recording, and say what of it is valid."""
    input:
        checked=result("recordings", "trials.csv", mouse="{mouse}"),  # what the check refuses is not scanned
        recording=recording_of_mouse,
    output:
        scan=directory(scan_file("scan")),
        digest=digest_of(scan_file("scan")),
    log:
        log_of("scan_recording", mouse="{mouse}"),
    benchmark:
        benchmark_of("scan_recording", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=240,
    params:
        code=code_hash("recordings.catalogue.scan", "recordings.files"),
    script:
        "../scripts/scan_recording.py"


rule summarise_neurons:
    """Statistics of each neuron over the frames that were measured."""
    input:
        scan=ancient(scan_file("scan")),
        digest=digest_of(scan_file("scan")),
        recording=recording_of_mouse,
    output:
        neurons=scan_file("neurons.parquet"),
    log:
        log_of("summarise_neurons", mouse="{mouse}"),
    benchmark:
        benchmark_of("summarise_neurons", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=240,
    params:
        code=code_hash("recordings.catalogue.statistics"),
    script:
        "../scripts/summarise_neurons.py"


rule identify_videos:
    """Find the same videos and segments in all recordings; write the tables of what was shown."""
    input:
        scans=[ancient(scan_file("scan", mouse)) for mouse in MICE],
        digests=[digest_of(scan_file("scan", mouse)) for mouse in MICE],
        recordings=recordings_of_mice(),
    output:
        parquet=catalogue_tables("parquet", SHOWN),
        csv=catalogue_tables("csv", SHOWN),
        videos=catalogue_file("unnamed_videos.parquet"),
    log:
        log_of("identify_videos"),
    benchmark:
        benchmark_of("identify_videos")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        code=code_hash("recordings.catalogue.tables"),
    script:
        "../scripts/identify_videos.py"


rule complete_catalogue:
    """The tables of videos with their published names, neurons and basic facts, on which no selection of trials depends."""
    input:
        scans=[ancient(scan_file("scan", mouse)) for mouse in MICE],
        digests=[digest_of(scan_file("scan", mouse)) for mouse in MICE],
        neurons=[scan_file("neurons.parquet", mouse) for mouse in MICE],
        trials=catalogue_file("trials.parquet"),
        videos=catalogue_file("unnamed_videos.parquet"),
        published=published_names,
    output:
        parquet=catalogue_tables("parquet", KNOWN),
        csv=catalogue_tables("csv", KNOWN),
        conflicts=catalogue_file("published_conflicts.csv"),
    log:
        log_of("complete_catalogue"),
    benchmark:
        benchmark_of("complete_catalogue")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        published=METADATA,
        code=code_hash(
            "recordings.catalogue.facts",
            "recordings.catalogue.naming",
            "recordings.catalogue.published",
            "recordings.catalogue.tables",
        ),
    script:
        "../scripts/complete_catalogue.py"


rule publish_catalogue:
    """The catalogue in the format of the published metadata, and as one JSON file a recording for viewers."""
    input:
        tables=catalogue_tables("parquet"),
    output:
        published=directory(catalogue_file("published")),
        unified=directory(catalogue_file("unified")),
    log:
        log_of("publish_catalogue"),
    benchmark:
        benchmark_of("publish_catalogue")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_hash(
            "recordings.catalogue.publish",
            "recordings.catalogue.unified",
            "recordings.catalogue_tables",
        ),
    script:
        "../scripts/publish_catalogue.py"


rule check_metadata:
    """List what is wrong with the published metadata; succeeds with faults too."""
    input:
        files=published_files,
    output:
        table=result("recordings", "metadata.csv"),
    log:
        log_of("check_metadata"),
    benchmark:
        benchmark_of("check_metadata")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        folder=METADATA,
        code=code_hash("recordings.catalogue.validate", "recordings.files"),
    script:
        "../scripts/check_metadata.py"
