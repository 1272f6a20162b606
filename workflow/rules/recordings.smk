if SIMULATED:

    rule simulate_mouse:
        """A mouse with a known answer, in the Sensorium 2023 layout, and the truth behind it."""
        output:
            recording=directory(simulated_file("recording")),
            digest=digest_of(simulated_file("recording")),
            truth=simulated_file("truth"),
        log:
            log_of("simulate_mouse", recording="{recording}"),
        benchmark:
            benchmark_of("simulate_mouse", recording="{recording}")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=3000,
            runtime=60,
        params:
            settings=RECORDINGS["simulated"],
            seed=RECORDINGS["simulated"]["seed"],
            mouse_index=index_of_recording,
            code=code_hash("recordings.simulate.mouse", "recordings.files"),
        script:
            "../scripts/simulate_mouse.py"


rule check_recording:
    """Read every array of a recording once; refuse it at the first fault, list its trials."""
    input:
        unpack(unread_recording),
    output:
        trials=result("recordings", "trials.csv", mouse="{mouse}"),
    log:
        log_of("check_recording", mouse="{mouse}"),
    benchmark:
        benchmark_of("check_recording", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_hash("recordings.checks", "recordings.files"),
    script:
        "../scripts/check_recording.py"


rule inspect_recording:
    """List every fault of a recording, whatever else is wrong with it; succeeds with faults too."""
    input:
        unpack(unread_recording),
    output:
        table=result("recordings", "report.csv", mouse="{mouse}"),
        text=result("recordings", "report.txt", mouse="{mouse}"),
    log:
        log_of("inspect_recording", mouse="{mouse}"),
    benchmark:
        benchmark_of("inspect_recording", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_hash("recordings.report", "recordings.files"),
    script:
        "../scripts/inspect_recording.py"


rule summarise_checks:
    """Errors, warnings and notes of every recording; the terminal names the recordings with errors."""
    input:
        tables=expand(result("recordings", "report.csv", mouse="{mouse}"), mouse=MICE),
    output:
        summary=result("recordings", "checks.csv"),
    log:
        log_of("summarise_checks"),
    benchmark:
        benchmark_of("summarise_checks")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        mice=MICE,
        code=code_hash("recordings.report", "recordings.files"),
    script:
        "../scripts/summarise_checks.py"


rule find_duplicates:
    """Which trials are trained on, and the training movie most like the movie of each clip that may be reconstructed."""
    input:
        tables=expand(result("recordings", "trials.csv", mouse="{mouse}"), mouse=MICE),
        catalogue=catalogue_file("trials.parquet"),
        recordings=recordings_of_mice(),
    output:
        alike=result("recordings", "duplicates.csv"),
        training=result("recordings", "training.csv"),
    log:
        log_of("find_duplicates"),
    benchmark:
        benchmark_of("find_duplicates")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        settings=split_settings(),
        mice=RECORDINGS["mice"],
        code=code_hash("recordings.duplicates", "recordings.selection", "recordings.files"),
    script:
        "../scripts/find_duplicates.py"


rule select_trials:
    """Split the trials of all mice by movie: training, validation, held out; prove that the sets share none."""
    input:
        tables=expand(result("recordings", "trials.csv", mouse="{mouse}"), mouse=MICE),
        catalogue=catalogue_file("trials.parquet"),
        alike=result("recordings", "duplicates.csv"),
    output:
        sets=result("recordings", "sets.csv"),
        split=result("recordings", "split.csv"),
    log:
        log_of("select_trials"),
    benchmark:
        benchmark_of("select_trials")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        settings=RECORDINGS["selection"],
        mice=RECORDINGS["mice"],
        code=code_hash("recordings.selection", "recordings.files"),
    script:
        "../scripts/select_trials.py"


rule pack_recording:
    """The training and validation trials of a mouse, frame by frame, so that a clip is one short read."""
    input:
        sets=training_sets(),
        recording=recording_of_mouse,
    output:
        packed=directory(packed_recording("{mouse}")),
        digest=digest_of(packed_recording("{mouse}")),
    log:
        log_of("pack_recording", mouse="{mouse}"),
    benchmark:
        benchmark_of("pack_recording", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=240,
    params:
        code=code_hash("recordings.packed", "recordings.selection", "recordings.files"),
    script:
        "../scripts/pack_recording.py"


localrules:  # compute nodes may have no network
    fetch_file,
    fetch_recording,


rule fetch_file:
    """A file of the paper's public archive, in its folder; what is made here is only the record of it."""
    output:
        record=fetched_file("{file}"),  # Snakemake deletes outputs before it makes them anew: not the file
    log:
        log_of("fetch_file", file="{file}"),
    benchmark:
        benchmark_of("fetch_file", file="{file}")
    wildcard_constraints:
        file="|".join(map(re.escape, ARCHIVE["files"])) or "(?!)",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=720,
    params:
        url=ARCHIVE["url"],
        folder=ARCHIVE["folder"],
        code=code_hash("recordings.download", "recordings.files"),
    script:
        "../scripts/fetch_file.py"


rule fetch_recording:
    """The zip of a recording from the public archive or a mirror; what is made here is only the record of it."""
    output:
        record=fetched_recording(),  # not the zip: Snakemake deletes outputs before it makes them anew
    log:
        log_of("fetch_recording", recording="{recording}"),
    benchmark:
        benchmark_of("fetch_recording", recording="{recording}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=2880,
    params:
        settings=RECORDINGS["download"],
        lost=lost_zip,
        code=code_hash("recordings.source", "recordings.settings", "recordings.files"),
    script:
        "../scripts/fetch_recording.py"


rule unpack_recording:
    """A recording out of its zip, once that is still the fetched one; what is made here is only the record of it."""
    input:
        record=fetched_recording(),
    output:
        record=unpacked_recording(),  # not the folder, for the same reason
    log:
        log_of("unpack_recording", recording="{recording}"),
    benchmark:
        benchmark_of("unpack_recording", recording="{recording}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=240,
    params:
        folder=RECORDINGS["folder"],
        max_gb=RECORDINGS["download"]["max_gb"],
        lost=lost_recording,
        code=code_hash("recordings.unpack", "recordings.checksums", "recordings.files"),
    script:
        "../scripts/unpack_recording.py"
