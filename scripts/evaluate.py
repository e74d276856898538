"""Score the predictions of one run."""

import json

from study.cli import read_call
from study.errors import program
from study.evaluation.metrics import split_metrics
from study.evaluation.predictions import read_predictions
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import write_text


@program
def main() -> None:
    """Predictions in, metrics.json out."""
    call = read_call(__file__, __doc__, "metrics")
    bins = call.job.spec["calibration_bins"]
    predictions = open_artefact(call.store, call.job.input("predictions"))
    splits = read_predictions(predictions.file("predictions.parquet"))
    metrics = {split: split_metrics(labels, scores, bins) for split, (labels, scores) in splits.items()}
    with new_artefact(call.store, call.job) as folder:
        write_text(folder / "metrics.json", json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()
