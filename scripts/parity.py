"""Certify that each arm of a pair is the same in both frameworks."""

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
    """Turn both arms' sides, and scores of trained runs if there are any, into parity.json."""
    call = read_call(__file__, __doc__, "parity")
    spec = read_pair(call.job)
    sides = [
        {framework: read_tensors(call.store, call.job.input_of("parity_sides", of)) for framework, of in by.items()}
        for by in spec.sides
    ]
    findings = certify(spec, sides)
    if spec.predictions is not None:
        scores = [
            {framework: read_scores(call.store, call.job.input_of("predictions", of)) for framework, of in by.items()}
            for by in spec.predictions
        ]
        findings += certify_predictions(spec, scores)
    for finding in findings:
        verdict = {True: "passed", False: "FAILED", None: "measured"}[finding.passed]
        print(f"{finding.arm}: {finding.stage}: {verdict}, worst {finding.worst} at {finding.tensor}")
    with new_artefact(call.store, call.job) as folder:
        content = [asdict(finding) for finding in findings]
        write_text(folder / "parity.json", json.dumps(content, indent=2, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
