# What jobs make: files in the store, files under readable names, and what Snakemake's own report shows of them.


def missing_files(wildcards) -> list[str]:
    """A file of each artefact that lacks any, whose job then makes them all.

    Snakemake takes time for each file that it is asked for. A job that has to run asks itself for the artefacts that it
    reads, by their sidecars.
    """
    missing = {job.ref: missing_file(job) for job in PLAN.jobs}
    asked_for = {ref for job in PLAN.jobs if missing[job.ref] for ref in job.inputs}
    return [
        f"{STORE}/{ref.folder}/{name}"
        for ref, name in missing.items()
        if name and not (name == SIDECAR and ref in asked_for)
    ]


def missing_file(job) -> str | None:
    """The name of a file that a job's artefact lacks: its sidecar, if that is one."""
    folder = STORE_PLACE / job.ref.folder
    names = reversed(PLAN.targets(job))
    return next((name for name in names if not (folder / name).exists()), None)


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
