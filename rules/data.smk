# Downloads and tensor caches.


rule download:
    output:
        artefact("downloads", "{filename}", folder="{filename}-{lineage}"),
    log:
        f"{RESULTS}/logs/download/{{filename}}-{{lineage}}.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("downloads", "{filename}-{lineage}"),
        sources=lambda wildcards: download_sources(
            "{filename}-{lineage}".format(**wildcards)
        ),
    message:
        "download {wildcards.filename} ({wildcards.filename}-{wildcards.lineage})"
    shell:
        "exec {params.python:q} {params.scripts:q}/download.py --store {params.store:q} {params.sources:q} --announce-to 3 --job - 3>&2 > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule preprocess:
    input:
        inputs("tensors"),
    output:
        artefact("tensors", *FILES["tensors"]),
    log:
        f"{RESULTS}/logs/preprocess/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/preprocess/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("tensors"),
        name=lambda wildcards: planned("tensors", wildcards.artefact).name,
    message:
        "preprocess {params.name} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/preprocess.py --store {params.store:q} --threads {threads} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
