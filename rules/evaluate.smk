# From class scores to metrics, and from metrics to tables.

METRICS = f"{STORE}/metrics/{{artefact}}"
evaluation = job_of("metrics")


# Not called "evaluate", which is a function of Snakemake's.
rule evaluate_run:
    input:
        predictions=files(evaluation, "predictions", "predictions.parquet"),
    output:
        metrics=f"{METRICS}/metrics.json",
        predicted=f"{METRICS}/predicted.npy",
        sidecar=f"{METRICS}/sidecar.json",
    log:
        f"{RESULTS}/logs/evaluate/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/evaluate/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        **given(evaluation),
        label=label(evaluation),
    message:
        "evaluate {params.label} ({wildcards.artefact})"
    shell:
        call("evaluate.py")


SUMMARY = f"{STORE}/summary/{{artefact}}"
aggregation = job_of("summary")


rule aggregate:
    input:
        runs=files(aggregation, "runs", "run.json", "history.csv"),
        predictions=files(
            aggregation, "predictions", "predictions.parquet", "filters.npy"
        ),
        metrics=files(aggregation, "metrics"),
        images=files(
            aggregation,
            "tensors",
            *("train_labels.npy", "test_labels.npy", "test_images.npy"),
            "manifest.json",
        ),
        certificates=files(aggregation, "parity"),
    output:
        runs=table(f"{SUMMARY}/runs.csv"),
        arms=table(f"{SUMMARY}/arms.csv"),
        epochs=table(f"{SUMMARY}/epochs.csv"),
        images=table(f"{SUMMARY}/images.csv"),
        guesses=table(f"{SUMMARY}/guesses.csv"),
        pixels=f"{SUMMARY}/images.npz",
        filters=f"{SUMMARY}/filters.npz",
        summary=f"{SUMMARY}/summary.json",
        certificates=f"{SUMMARY}/parity.json",
        sidecar=f"{SUMMARY}/sidecar.json",
    log:
        f"{RESULTS}/logs/aggregate/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/aggregate/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        **given(aggregation),
    message:
        "aggregate all runs ({wildcards.artefact})"
    shell:
        call("aggregate.py")
