# Certificates that an arm is the same in both frameworks: each framework writes what it computes, NumPy compares.

SIDE = f"{STORE}/parity_sides/{{artefact}}"
computing_side = job_of("parity_sides")


rule parity_pytorch:
    input:
        images=files(computing_side, "tensors"),
    output:
        tensors=f"{SIDE}/tensors.npz",
        sidecar=f"{SIDE}/sidecar.json",
    log:
        f"{RESULTS}/logs/parity/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/parity/{{artefact}}.tsv"
    wildcard_constraints:
        artefact=r"pytorch-[^/]+",
    conda:
        "../envs/pytorch.yaml"
    threads: 1 if PLAN.study.parity == "quick" else PLAN.study.threads
    params:
        **given(computing_side, PYTHON_PYTORCH),
        framework="pytorch",
    message:
        "compute PyTorch's side of a certificate ({wildcards.artefact})"
    shell:
        call("parity_side.py", "--framework {params.framework} --threads {threads}")


use rule parity_pytorch as parity_tensorflow with:
    wildcard_constraints:
        artefact=r"tensorflow-[^/]+",
    conda:
        "../envs/tensorflow.yaml"
    params:
        python=PYTHON_TENSORFLOW,
        framework="tensorflow",
    message:
        "compute TensorFlow's side of a certificate ({wildcards.artefact})"


CERTIFICATE = f"{STORE}/parity/{{artefact}}"
certification = job_of("parity")


rule parity:
    input:
        sides=files(certification, "parity_sides"),
        predictions=files(certification, "predictions", "predictions.parquet"),
    output:
        certificate=f"{CERTIFICATE}/parity.json",
        sidecar=f"{CERTIFICATE}/sidecar.json",
    log:
        f"{RESULTS}/logs/parity/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/parity/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        **given(certification),
        arms=lambda wildcards: " and ".join(certification(wildcards).spec["arms"]),
    message:
        "certify {params.arms} ({wildcards.artefact})"
    shell:
        call("parity.py")
