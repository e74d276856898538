# From class scores to metrics, and from metrics to tables.


rule evaluate:
    input:
        inputs("metrics"),
    output:
        artefact("metrics", *FILES["metrics"]),
    log:
        f"{RESULTS}/logs/evaluate/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluate/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("metrics"),
        label=label("metrics"),
    message:
        "evaluate {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/evaluate.py --store {params.store:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


TABLES = [name for name in FILES["summary"] if name.endswith(".csv")]


rule aggregate:
    input:
        inputs("summary"),
    output:
        shown("summary", TABLES, "Tables", "table"),
        artefact("summary", *(n for n in FILES["summary"] if n not in TABLES)),
    log:
        f"{RESULTS}/logs/aggregate/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/aggregate/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("summary"),
    message:
        "aggregate all runs ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/aggregate.py --store {params.store:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
