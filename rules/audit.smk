# What the results say about the document's claims.

AUDIT = f"{STORE}/audit/{{artefact}}"
auditing = job_of("audit")


rule audit:
    input:
        summary=files(auditing, "summary", "summary.json", "epochs.csv", "parity.json"),
        predictions=files(auditing, "predictions", "predictions.parquet"),
    output:
        claims=verdicts(f"{AUDIT}/claims.json"),
        quantities=verdicts(f"{AUDIT}/quantities.json"),
        comparisons=verdicts(f"{AUDIT}/comparisons.csv"),
        intervals=verdicts(f"{AUDIT}/intervals.csv"),
        bridges=verdicts(f"{AUDIT}/bridges.csv"),
        controls=verdicts(f"{AUDIT}/controls.csv"),
        cohort=verdicts(f"{AUDIT}/cohort.csv"),
        teams=verdicts(f"{AUDIT}/teams.csv"),
        curves=verdicts(f"{AUDIT}/curves.csv"),
        sidecar=f"{AUDIT}/sidecar.json",
    log:
        f"{RESULTS}/logs/audit/{{artefact}}.log",
    benchmark:
        f"{RESULTS}/benchmarks/audit/{{artefact}}.tsv"
    conda:
        "../envs/report.yaml"
    params:
        **given(auditing),
    message:
        "judge the claims ({wildcards.artefact})"
    shell:
        call("audit.py")
