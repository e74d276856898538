# Certificates that an arm is the same thing in both frameworks: each framework writes what it computes, NumPy compares.


rule parity_pytorch:
    input:
        inputs("parity_sides"),
    output:
        artefact("parity_sides", *FILES["parity_sides"]),
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
        python=PYTHON_PYTORCH,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("parity_sides"),
    message:
        "compute in PyTorch what is compared ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/parity_pytorch.py --store {params.store:q} --threads {threads} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule parity_tensorflow:
    input:
        inputs("parity_sides"),
    output:
        artefact("parity_sides", *FILES["parity_sides"]),
    log:
        f"{RESULTS}/logs/parity/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/parity/{{artefact}}.tsv"
    wildcard_constraints:
        artefact=r"tensorflow-[^/]+",
    conda:
        "../envs/tensorflow.yaml"
    threads: 1 if PLAN.study.parity == "quick" else PLAN.study.threads
    params:
        python=PYTHON_TENSORFLOW,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("parity_sides"),
    message:
        "compute in TensorFlow what is compared ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/parity_tensorflow.py --store {params.store:q} --threads {threads} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"


rule parity:
    input:
        inputs("parity"),
    output:
        artefact("parity", *FILES["parity"]),
    log:
        f"{RESULTS}/logs/parity/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/parity/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        python=PYTHON,
        scripts=SCRIPTS,
        store=Path(STORE),
        job=description("parity"),
        arms=lambda wildcards: " and ".join(
            planned("parity", wildcards.artefact).spec["arms"]
        ),
    message:
        "certify {params.arms} ({wildcards.artefact})"
    shell:
        "exec {params.python:q} {params.scripts:q}/parity.py --store {params.store:q} --job - > {log:q} 2>&1 "
        "<<'JOB'\n{params.job}\nJOB"
