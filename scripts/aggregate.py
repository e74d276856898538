"""Combine the results of all runs: tables, and the summary that the report is written from."""

import json

from pydantic import ValidationError

from study.cli import read_call
from study.errors import StudyError, program
from study.evaluation.files import write_summary
from study.evaluation.results import read_results
from study.evaluation.summary_spec import SummarySpec
from study.store.artefacts import new_artefact, open_artefact


@program
def main() -> None:
    """Turn runs, metrics, images, filters and certificates into tables, pictures and summary.json."""
    call = read_call(__file__, __doc__, "summary")
    try:
        spec = SummarySpec.model_validate(call.job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    results = read_results(call.store, call.job, spec)
    certificates = [open_artefact(call.store, ref).file("parity.json") for ref in call.job.inputs_of("parity")]
    parity = [finding for path in certificates for finding in json.loads(path.read_text(encoding="utf-8"))]
    with new_artefact(call.store, call.job) as folder:
        write_summary(folder, spec, results, parity)


if __name__ == "__main__":
    main()
