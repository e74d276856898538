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
        job=description("runs"),
        label=label("runs"),
    message:
        "train {params.label} ({wildcards.artefact})"
    shell:
        "exec {PYTHON_PYTORCH} {SCRIPTS:q}/train_pytorch.py --store {STORE:q} --threads {threads} {TRAINING_OPTIONS} --job - > {log:q} 2>&1 "
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
        job=description("runs"),
        label=label("runs"),
    message:
        "train {params.label} ({wildcards.artefact})"
    shell:
        "exec {PYTHON_TENSORFLOW} {SCRIPTS:q}/train_tensorflow.py --store {STORE:q} --threads {threads} {TRAINING_OPTIONS} --job - > {log:q} 2>&1 "
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
        job=description("predictions"),
        label=label("predictions"),
    message:
        "predict {params.label} ({wildcards.artefact})"
    shell:
        "exec {PYTHON_PYTORCH} {SCRIPTS:q}/predict_pytorch.py --store {STORE:q} --threads {threads} --job - > {log:q} 2>&1 "
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
        job=description("predictions"),
        label=label("predictions"),
    message:
        "predict {params.label} ({wildcards.artefact})"
    shell:
        "exec {PYTHON_TENSORFLOW} {SCRIPTS:q}/predict_tensorflow.py --store {STORE:q} --threads {threads} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
