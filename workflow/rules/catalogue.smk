def scan_file(name, mouse="{mouse}"):
    """What is known of one recording before it is compared with the others."""
    return catalogue_file(name, mouse=mouse)


def catalogue_tables(ending):
    """The tables of all recordings."""
    names = ("trials", "videos", "segments", "neurons", "basic")
    return [catalogue_file(f"{name}.{ending}") for name in names]


rule scan_recording:
    """Classify every trial of a recording, and say what of it is valid."""
    input:
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


rule catalogue:
    """Find the same videos and segments in all recordings; write the tables of the catalogue."""
    input:
        scans=[scan_file("scan", mouse) for mouse in MICE],
        neurons=[scan_file("neurons.parquet", mouse) for mouse in MICE],
        recordings=[recording_folder(mouse) for mouse in MICE],
    output:
        parquet=catalogue_tables("parquet"),
        csv=catalogue_tables("csv"),
    log:
        log_of("catalogue"),
    benchmark:
        benchmark_of("catalogue")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        code=code_hash("recordings.catalogue.tables"),
    script:
        "../scripts/catalogue.py"
