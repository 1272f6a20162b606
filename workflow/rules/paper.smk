rule tabulate_paper:
    """Our values beside the published ones, row by row."""
    input:
        unpack(tables_of_paper),
        published="evaluate/paper_values.csv",
    output:
        table=result("tables", "paper.csv"),
    log:
        log_of("tabulate_paper"),
    benchmark:
        benchmark_of("tabulate_paper")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        run=run_in_brief(),
        code=code_hash("evaluate.paper_table", "recordings.files"),
    script:
        "../scripts/tabulate_paper.py"
