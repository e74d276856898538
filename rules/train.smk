# Training and prediction; the frameworks differ in Python and environment, and in what the programs load.

RUN = f"{STORE}/runs/{{artefact}}"
training = job_of("runs")


rule train_pytorch:
    input:
        images=files(training, "tensors"),
        features=files(training, "features"),
        weights=files(training, "downloads"),
        origin_run=files(training, "runs", "model.npz"),
    output:
        model=f"{RUN}/model.npz",
        history=f"{RUN}/history.csv",
        record=f"{RUN}/run.json",
        sidecar=f"{RUN}/sidecar.json",
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
        **given(training, PYTHON_PYTORCH),
        framework="pytorch",
        options=TRAINING_OPTIONS,
        label=label(training),
    message:
        "train {params.label} ({wildcards.artefact})"
    shell:
        call(
            "train.py",
            "--framework {params.framework} --threads {threads} {params.options:q}",
        )


use rule train_pytorch as train_tensorflow with:
    wildcard_constraints:
        artefact=r"tensorflow-[^/]+",
    conda:
        "../envs/tensorflow.yaml"
    params:
        python=PYTHON_TENSORFLOW,
        framework="tensorflow",


PREDICTIONS = f"{STORE}/predictions/{{artefact}}"
prediction = job_of("predictions")


rule predict_pytorch:
    input:
        run=files(prediction, "runs", "model.npz", "run.json"),
        images=files(prediction, "tensors"),
        features=files(prediction, "features"),
    output:
        scores=f"{PREDICTIONS}/predictions.parquet",
        filters=f"{PREDICTIONS}/filters.npy",
        sidecar=f"{PREDICTIONS}/sidecar.json",
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
        **given(prediction, PYTHON_PYTORCH),
        framework="pytorch",
        options=COMPUTING_OPTIONS,
        label=label(prediction),
    message:
        "predict {params.label} ({wildcards.artefact})"
    shell:
        call(
            "predict.py",
            "--framework {params.framework} --threads {threads} {params.options:q}",
        )


use rule predict_pytorch as predict_tensorflow with:
    wildcard_constraints:
        artefact=r"tensorflow-[^/]+",
    conda:
        "../envs/tensorflow.yaml"
    params:
        python=PYTHON_TENSORFLOW,
        framework="tensorflow",
