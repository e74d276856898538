# What jobs make: files in the store, files under readable names, and what Snakemake's own report shows of them.


def outputs_of(job) -> list[str]:
    """Return the files of the artefact that a job makes."""
    return [f"{STORE}/{job.ref.folder}/{name}" for name in PLAN.targets(job)]


def published_files() -> list[str]:
    """Return the files of a study under their readable names."""
    return [
        *(
            f"{RESULTS}/report/{name}"
            for name in (*PLAN.published.spec["report"], *changes_files(PLAN.published))
        ),
        *(f"{RESULTS}/summary/{name}" for name in (*FILES["summary"], *FILES["audit"])),
    ]


def in_report(path, category, caption, subcategory=None, **labels):
    """Mark an output for Snakemake's own report."""
    return report(
        path,
        category=category,
        subcategory=subcategory,
        labels=labels,
        caption=f"../report/snakemake/{caption}.rst",
    )


def table(path):
    """Mark a table of the summary as an output."""
    return in_report(path, "Tables", "table", file=Path(path).name)


def verdicts(path):
    """Mark a file of the audit as an output."""
    return in_report(path, "Verdicts", "verdicts", file=Path(path).name)


def figure(path):
    """Mark a figure as an output; it shows one arm, or all of them."""
    shown, _, arm = Path(path).stem.partition("-")
    return in_report(
        path,
        category="Figures",
        caption="figure",
        subcategory=arm or "all arms",
        figure=shown,
        language="{language}",
    )
