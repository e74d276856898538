"""Certify that each arm of a pair is the same thing in both frameworks."""

import json
from dataclasses import asdict

from study.cli import read_call
from study.errors import program
from study.parity.certify import certify, certify_predictions
from study.parity.files import read_pair, read_scores, read_tensors
from study.store.artefacts import new_artefact
from study.store.files import write_text


@program
def main() -> None:
    """Both arms' sides, and scores of trained runs where there are any, in; parity.json out."""
    call = read_call(__file__, __doc__, "parity")
    spec = read_pair(call.job)
    tensors = [read_tensors(call.store, ref) for ref in call.job.inputs_of("parity_sides")]
    scores = [read_scores(call.store, ref) for ref in call.job.inputs_of("predictions")]
    findings = certify(spec, [{"pytorch": tensors[i], "tensorflow": tensors[i + 1]} for i in (0, 2)])
    if scores:
        findings += certify_predictions(spec, [(scores[0], scores[1]), (scores[2], scores[3])])
    for finding in findings:
        verdict = {True: "passed", False: "FAILED", None: "measured"}[finding.passed]
        print(f"{finding.arm}: {finding.stage}: {verdict}, worst {finding.worst} at {finding.tensor}")
    with new_artefact(call.store, call.job) as folder:
        content = [asdict(finding) for finding in findings]
        write_text(folder / "parity.json", json.dumps(content, indent=2, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
