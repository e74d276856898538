# What the frozen part of a network gives for every image, once for all epochs, seeds and heads.


rule extract_features_pytorch:
    input:
        inputs("features"),
    output:
        artefact("features", *FILES["features"]),
    log:
        f"{RESULTS}/logs/features/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/features/{{artefact}}.tsv"
    wildcard_constraints:
        artefact=r"pytorch-[^/]+",
    conda:
        "../envs/pytorch.yaml"
    threads: PLAN.study.threads
    resources:
        gpu=1,
    params:
        python=PYTHON_PYTORCH,
        scripts=SCRIPTS,
        store=Path(STORE),
        options=FEATURES_OPTIONS,
        job=description("features"),
        label=label("features"),
    message:
        "compute features for {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/extract_features_pytorch.py --store {params.store:q} --threads {threads} {params.options:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule extract_features_tensorflow:
    input:
        inputs("features"),
    output:
        artefact("features", *FILES["features"]),
    log:
        f"{RESULTS}/logs/features/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/features/{{artefact}}.tsv"
    wildcard_constraints:
        artefact=r"tensorflow-[^/]+",
    conda:
        "../envs/tensorflow.yaml"
    threads: PLAN.study.threads
    resources:
        gpu=1,
    params:
        python=PYTHON_TENSORFLOW,
        scripts=SCRIPTS,
        store=Path(STORE),
        options=FEATURES_OPTIONS,
        job=description("features"),
        label=label("features"),
    message:
        "compute features for {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/extract_features_tensorflow.py --store {params.store:q} --threads {threads} {params.options:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
