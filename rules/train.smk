# Training and prediction, once per framework: each has its own environment and its own code.


rule train_pytorch:
    input:
        inputs("runs"),
    output:
        artefact("runs", *FILES["runs"]),
    log:
        f"{RESULTS}/logs/train/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{{artefact}}.tsv"
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
        options=TRAINING_OPTIONS,
        job=description("runs"),
        label=label("runs"),
    message:
        "train {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/train_pytorch.py --store {params.store:q} --threads {threads} {params.options:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule train_tensorflow:
    input:
        inputs("runs"),
    output:
        artefact("runs", *FILES["runs"]),
    log:
        f"{RESULTS}/logs/train/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/train/{{artefact}}.tsv"
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
        options=TRAINING_OPTIONS,
        job=description("runs"),
        label=label("runs"),
    message:
        "train {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/train_tensorflow.py --store {params.store:q} --threads {threads} {params.options:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule predict_pytorch:
    input:
        inputs("predictions"),
    output:
        artefact("predictions", *FILES["predictions"]),
    log:
        f"{RESULTS}/logs/predict/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict/{{artefact}}.tsv"
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
        options=COMPUTING_OPTIONS,
        job=description("predictions"),
        label=label("predictions"),
    message:
        "predict {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/predict_pytorch.py --store {params.store:q} --threads {threads} {params.options:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule predict_tensorflow:
    input:
        inputs("predictions"),
    output:
        artefact("predictions", *FILES["predictions"]),
    log:
        f"{RESULTS}/logs/predict/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/predict/{{artefact}}.tsv"
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
        options=COMPUTING_OPTIONS,
        job=description("predictions"),
        label=label("predictions"),
    message:
        "predict {params.label} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/predict_tensorflow.py --store {params.store:q} --threads {threads} {params.options:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
