# The figures, the document, and readable names for everything.

DRAWN = next((job.spec["figures"] for job in PLAN.jobs if job.kind == "figures"), [])


rule figures:
    input:
        inputs("figures", "{language}-{lineage}"),
    output:
        [drawing(name) for name in DRAWN],
        artefact(
            "figures",
            *(f"{name}.csv" for name in DRAWN),
            folder="{language}-{lineage}",
        ),
    log:
        f"{RESULTS}/logs/figures/{{language}}-{{lineage}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/figures/{{language}}-{{lineage}}.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("figures", "{language}-{lineage}"),
    message:
        "draw the figures in {wildcards.language} ({wildcards.language}-{wildcards.lineage})"
    shell:
        "exec {params.python:q} {params.scripts:q}/figures.py --store {params.store:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule report:
    input:
        inputs("reports", "{language}-{format}-{lineage}"),
    output:
        in_report(
            f"{STORE}/reports/{{language}}-{{format}}-{{lineage}}/report.{{language}}.{{format}}",
            category="Document",
            caption="document",
            language="{language}",
            format="{format}",
        ),
        artefact("reports", folder="{language}-{format}-{lineage}"),
    log:
        f"{RESULTS}/logs/report/{{language}}-{{format}}-{{lineage}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/{{language}}-{{format}}-{{lineage}}.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("reports", "{language}-{format}-{lineage}"),
    message:
        "write the report in {wildcards.language} as {wildcards.format} ({wildcards.language}-{wildcards.format}-{wildcards.lineage})"
    shell:
        "exec {params.python:q} {params.scripts:q}/report.py --store {params.store:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule publish:
    input:
        lambda wildcards: inputs_of(PLAN.published),
    output:
        outputs_of(PLAN.published),
    log:
        f"{RESULTS}/logs/publish.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        results=Path(RESULTS),
        # Labels are text, also where they look like wildcards.
        job=lambda wildcards: PLAN.published.to_json(),
    message:
        f"publish results under readable names ({folder_name(PLAN.published.ref)})"
    shell:
        "exec {params.python:q} {params.scripts:q}/publish.py --store {params.store:q} --results {params.results:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
