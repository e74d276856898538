# Downloads and tensor caches.


DOWNLOAD = f"{STORE}/downloads/{{filename}}-{{lineage}}"
downloading = job_of("downloads", "{filename}-{lineage}")


rule download:
    output:
        file=f"{DOWNLOAD}/{{filename}}",
        sidecar=f"{DOWNLOAD}/sidecar.json",
    log:
        f"{RESULTS}/logs/download/{{filename}}-{{lineage}}.log",
    localrule: True
    conda:
        "../envs/report.yaml"
    params:
        **given(downloading),
        options=download_options(downloading),
    message:
        "download {wildcards.filename} ({wildcards.filename}-{wildcards.lineage})"
    shell:
        call("download.py", "{params.options:q}", announces=True)


TENSORS = f"{STORE}/tensors/{{artefact}}"
preprocessing = job_of("tensors")


rule preprocess:
    input:
        archive=files(preprocessing, "downloads"),
    output:
        train_images=f"{TENSORS}/train_images.npy",
        train_labels=f"{TENSORS}/train_labels.npy",
        test_images=f"{TENSORS}/test_images.npy",
        test_labels=f"{TENSORS}/test_labels.npy",
        manifest=f"{TENSORS}/manifest.json",
        sidecar=f"{TENSORS}/sidecar.json",
    log:
        f"{RESULTS}/logs/preprocess/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/preprocess/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        **given(preprocessing),
        name=lambda wildcards: preprocessing(wildcards).name,
    message:
        "preprocess {params.name} ({wildcards.artefact})"
    shell:
        call("preprocess.py", "--threads {threads}")
