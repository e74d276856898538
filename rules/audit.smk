# What the results say of the document's claims.

AUDIT = f"{STORE}/audit/{{artefact}}"
auditing = job_of("audit")


def verdicts(name):
    """A file of the audit as an output."""
    return in_report(f"{AUDIT}/{name}", "Verdicts", "verdicts", file=name)


rule audit:
    input:
        summary=files(auditing, "summary", "summary.json", "epochs.csv"),
        predictions=files(auditing, "predictions", "predictions.parquet"),
    output:
        claims=verdicts("claims.json"),
        quantities=verdicts("quantities.json"),
        comparisons=verdicts("comparisons.csv"),
        intervals=verdicts("intervals.csv"),
        cohort=verdicts("cohort.csv"),
        teams=verdicts("teams.csv"),
        curves=verdicts("curves.csv"),
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
