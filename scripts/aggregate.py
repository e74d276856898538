"""Put the results of all runs together: tables and the summary that the report is written from."""

import json

from pydantic import ValidationError

from study.cli import read_call
from study.errors import StudyError, program
from study.evaluation.results import read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import arms_table, epochs_table, runs_table
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import write_text


@program
def main() -> None:
    """Runs, metrics, manifests and certificates in; runs.csv, arms.csv, epochs.csv, summary.json, parity.json out."""
    call = read_call(__file__, __doc__, "summary")
    try:
        spec = SummarySpec.model_validate(call.job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    results = read_results(call.store, call.job, spec)
    certificates = [open_artefact(call.store, ref).file("parity.json") for ref in call.job.inputs_of("parity")]
    parity = [finding for path in certificates for finding in json.loads(path.read_text(encoding="utf-8"))]
    tables = {"runs": runs_table(results), "arms": arms_table(results), "epochs": epochs_table(results)}
    with new_artefact(call.store, call.job) as folder:
        for name, table in tables.items():
            write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        write_text(folder / "parity.json", json.dumps(parity, indent=2, ensure_ascii=False) + "\n")
        write_text(folder / "summary.json", json.dumps(summarise(spec, results), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
