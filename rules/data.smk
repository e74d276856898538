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
        job=description("downloads", "{filename}-{lineage}"),
        sources=lambda wildcards: download_sources(
            "{filename}-{lineage}".format(**wildcards)
        ),
    message:
        "download {wildcards.filename} ({wildcards.filename}-{wildcards.lineage})"
    shell:
        "exec {PYTHON} {SCRIPTS:q}/download.py --store {STORE:q} {params.sources} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


def download_sources(name) -> str:
    """Addresses and local copy of a download as arguments; they are no part of its lineage."""
    download = PLAN.downloads[PLAN.job("downloads", name).ref]
    arguments = [f"--url {shlex.quote(url)}" for url in download.urls]
    if download.file:
        arguments.append(f"--file {shlex.quote(download.file)}")
    return " ".join(arguments)


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
        job=description("tensors"),
        name=lambda wildcards: planned("tensors", wildcards.artefact).name,
    message:
        "preprocess {params.name} ({wildcards.artefact})"
    shell:
        "exec {PYTHON} {SCRIPTS:q}/preprocess.py --store {STORE:q} --threads {threads} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
