# The figures, the document, and readable names for everything.

FIGURES = f"{STORE}/figures/{{language}}-{{lineage}}"
DRAWN = next((job.spec["figures"] for job in PLAN.jobs if job.kind == "figures"), [])
drawing = job_of("figures", "{language}-{lineage}")


# What figures and report read from a summary; its other tables are for readers.
REPORTED = (
    *("summary.json", "parity.json", "epochs.csv", "images.csv", "guesses.csv"),
    *("images.npz", "filters.npz"),
)


rule figures:
    input:
        summary=files(drawing, "summary", *REPORTED),
        audit=files(drawing, "audit"),
    output:
        drawings=[figure(f"{FIGURES}/{name}.svg") for name in DRAWN],
        data=[f"{FIGURES}/{name}.csv" for name in DRAWN],
        sidecar=f"{FIGURES}/sidecar.json",
    log:
        f"{RESULTS}/logs/figures/{{language}}-{{lineage}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/{{language}}-{{lineage}}.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        **given(drawing),
    message:
        "draw the figures in {wildcards.language} ({wildcards.language}-{wildcards.lineage})"
    shell:
        call("figures.py")


REPORT = f"{STORE}/reports/{{language}}-{{format}}-{{lineage}}"
writing = job_of("reports", "{language}-{format}-{lineage}")


# Not called "report", which is a function of Snakemake's.
rule write_report:
    input:
        summary=files(writing, "summary", *REPORTED),
        audit=files(writing, "audit"),
        figures=files(writing, "figures"),
    output:
        document=in_report(
            f"{REPORT}/report.{{language}}.{{format}}",
            category="Document",
            caption="document",
            language="{language}",
            format="{format}",
        ),
        sidecar=f"{REPORT}/sidecar.json",
    log:
        f"{RESULTS}/logs/report/{{language}}-{{format}}-{{lineage}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/{{language}}-{{format}}-{{lineage}}.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        **given(writing),
    message:
        "write the report in {wildcards.language} as {wildcards.format} ({wildcards.language}-{wildcards.format}-{wildcards.lineage})"
    shell:
        call("report.py")


PUBLISHED = f"{STORE}/{PLAN.published.ref.folder}"
publishing = lambda wildcards: PLAN.published


rule publish:
    input:
        summary=files(publishing, "summary"),
        audit=files(publishing, "audit"),
        reports=files(publishing, "reports"),
        # Readable names are links to the artefacts, so nothing more of them is read.
        runs=files(publishing, "runs", SIDECAR),
        predictions=files(publishing, "predictions", SIDECAR),
        metrics=files(publishing, "metrics", SIDECAR),
    output:
        record=f"{PUBLISHED}/published.json",
        changes=[f"{PUBLISHED}/{name}" for name in changes_files(PLAN.published)],
        sidecar=f"{PUBLISHED}/sidecar.json",
        # Not removed by Snakemake, so that the program can check whether they are still as it made them.
        names=[update(path) for path in published_files()],
    log:
        f"{RESULTS}/logs/publish.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        **given(publishing),
        results=RESULTS_PLACE,
    message:
        f"publish results under readable names ({folder_name(PLAN.published.ref)})"
    shell:
        call("publish.py", "--results {params.results:q}", announces=True)
