rule scan_recording:
    """Classify every trial of a recording, and say what of it is valid."""
    input:
        checked=result("recordings", "trials.csv", mouse="{mouse}"),  # what the check refuses is not scanned
        recording=recording_of_mouse,
    output:
        scan=directory(scan_file("scan")),
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
        code=code_hash("recordings.catalogue.scan"),
    script:
        "../scripts/scan_recording.py"


rule summarise_neurons:
    """Statistics of each neuron over the frames that were measured."""
    input:
        scan=scan_file("scan"),
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


rule build_catalogue:
    """Find the same videos and segments in all recordings; write the tables of the catalogue."""
    input:
        scans=[scan_file("scan", mouse) for mouse in MICE],
        neurons=[scan_file("neurons.parquet", mouse) for mouse in MICE],
        recordings=[recording_folder(mouse) for mouse in MICE],
    output:
        parquet=catalogue_tables("parquet"),
        csv=catalogue_tables("csv"),
        conflicts=catalogue_file("published_conflicts.csv"),
    log:
        log_of("build_catalogue"),
    benchmark:
        benchmark_of("build_catalogue")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        published=RECORDINGS["published_metadata"],
        code=code_hash("recordings.catalogue.tables", "recordings.catalogue.naming"),
    script:
        "../scripts/build_catalogue.py"


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
