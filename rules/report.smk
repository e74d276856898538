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
        "write the report: {wildcards.language}, {wildcards.format}"
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
        "publish results under readable names"
    shell:
        "exec {PYTHON} {SCRIPTS:q}/publish.py --store {STORE:q} --results {RESULTS:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
