"""Figures and films, a rule for each row of the table, and the report."""

from workflow.opening import inputs_of

for row in figures.rows:
    if row.is_film:

        rule:
            """A film of the table in workflow/plan/figure_table.py."""
            name:
                row.rule
            input:
                **inputs_of(row),
            output:
                film=report(
                    figures.file(row),
                    caption=f"../report/{row.name}.rst",
                    category=row.category,
                    labels=row.labels,
                ),
            resources:
                mem_mb=row.mem_mb,
                runtime=120,
            params:
                **figures.settings(row),
                draws=row.draws,
            script:
                "../scripts/film.py"

    else:

        rule:
            """A figure of the table in workflow/plan/figure_table.py."""
            name:
                row.rule
            input:
                **inputs_of(row),
            output:
                svg=figures.file(row, "svg"),
                png=report(
                    figures.file(row, "png"),
                    caption=f"../report/{row.name}.rst",
                    category=row.category,
                    labels=row.labels,
                ),
                csv=figures.file(row, "csv"),
            resources:
                mem_mb=row.mem_mb,
                runtime=120,
            params:
                **figures.settings(row),
                draws=row.draws,
            script:
                "../scripts/draw.py"


rule write_report:
    """One self-contained page with every figure, movie and headline number."""
    input:
        **figures.quoted_tables(),
        figures=figures.targets(),
        scores=evaluate.table("scores"),
        paper=evaluate.paper_table,
        members=models.table("members"),
        split=recordings.file("split.csv"),
    output:
        # Snakemake keeps these two until the new ones are whole: a failed job loses no report
        page=update(figures.report_page),
        config=update(figures.stored_config),
    params:
        entries=figures.report_entries(),
        captions=figures.captions(),
        config=config,
    script:
        "../scripts/write_report.py"
