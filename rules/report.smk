# The document, and readable names for everything.


rule report:
    input:
        inputs("reports", "{language}-{format}-{lineage}"),
    output:
        artefact(
            "reports",
            "report.{language}.{format}",
            folder="{language}-{format}-{lineage}",
        ),
    log:
        f"{RESULTS}/logs/report/{{language}}-{{format}}-{{lineage}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/report/{{language}}-{{format}}-{{lineage}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        job=description("reports", "{language}-{format}-{lineage}"),
    message:
        "write the report in {wildcards.language} as {wildcards.format} ({wildcards.language}-{wildcards.format}-{wildcards.lineage})"
    shell:
        "exec {PYTHON} {SCRIPTS:q}/report.py --store {STORE:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule publish:
    input:
        inputs_of(PLAN.published),
    output:
        outputs_of(PLAN.published),
    log:
        f"{RESULTS}/logs/publish.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        job=PLAN.published.to_json(),
    message:
        f"publish results under readable names ({folder_name(PLAN.published.ref)})"
    shell:
        "exec {PYTHON} {SCRIPTS:q}/publish.py --store {STORE:q} --results {RESULTS:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
