# The output of a network's frozen part for every image, computed once for all epochs, seeds and heads.

FEATURES = f"{STORE}/features/{{artefact}}"
extraction = job_of("features")


rule extract_features_pytorch:
    input:
        images=files(extraction, "tensors"),
        weights=files(extraction, "downloads"),
        origin_run=files(extraction, "runs", "model.npz"),
    output:
        train_images=f"{FEATURES}/train_images.npy",
        train_labels=f"{FEATURES}/train_labels.npy",
        test_images=f"{FEATURES}/test_images.npy",
        test_labels=f"{FEATURES}/test_labels.npy",
        manifest=f"{FEATURES}/manifest.json",
        sidecar=f"{FEATURES}/sidecar.json",
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
        **given(extraction, PYTHON_PYTORCH),
        framework="pytorch",
        options=FEATURES_OPTIONS,
        label=label(extraction),
    message:
        "compute features for {params.label} ({wildcards.artefact})"
    shell:
        call(
            "extract_features.py",
            "--framework {params.framework} --threads {threads} {params.options:q}",
        )


use rule extract_features_pytorch as extract_features_tensorflow with:
    wildcard_constraints:
        artefact=r"tensorflow-[^/]+",
    conda:
        "../envs/tensorflow.yaml"
    params:
        python=PYTHON_TENSORFLOW,
        framework="tensorflow",
