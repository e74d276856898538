# What the results say of the document's claims.


rule audit:
    input:
        inputs("audit"),
    output:
        shown("audit", FILES["audit"], "Verdicts", "verdicts"),
        artefact("audit"),
    log:
        f"{RESULTS}/logs/audit/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/audit/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("audit"),
    message:
        "judge the claims ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/audit.py --store {params.store:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
