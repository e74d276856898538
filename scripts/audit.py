"""Judge the document's claims by the results of a study."""

import json

import pandas as pd
from pydantic import ValidationError

from study.audit.files import write_audit
from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.cli import read_call
from study.errors import StudyError, program
from study.evaluation.predictions import right_on_test
from study.store.artefacts import new_artefact, open_artefact


@program
def main() -> None:
    """Turn summary and predictions into claims.json, quantities.json and tables."""
    call = read_call(__file__, __doc__, "audit")
    try:
        spec = AuditSpec.model_validate(call.job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    study = open_artefact(call.store, call.job.input("summary"))
    summary = json.loads(study.file("summary.json").read_text(encoding="utf-8"))
    epochs = pd.read_csv(study.file("epochs.csv"))
    predictions = {
        (run.arm, run.seed): open_artefact(call.store, call.job.input_of("predictions", run.predictions))
        for run in spec.runs
    }
    right = {key: right_on_test(artefact.file("predictions.parquet")) for key, artefact in predictions.items()}
    certificates = json.loads(study.file("parity.json").read_text(encoding="utf-8"))
    found = audit(spec, summary, epochs, right, certificates)
    with new_artefact(call.store, call.job) as folder:
        write_audit(folder, found)


if __name__ == "__main__":
    main()
