"""Score the predictions of one run."""

import json

import numpy as np

from study.cli import read_call
from study.errors import program
from study.evaluation.metrics import split_metrics
from study.evaluation.predictions import read_predictions
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import write_text
from study.store.parameters import write_array


@program
def main() -> None:
    """Turn predictions into metrics.json, and predicted.npy with the predicted class of each test image."""
    call = read_call(__file__, __doc__, "metrics")
    bins = call.job.spec["calibration_bins"]
    predictions = open_artefact(call.store, call.job.input("predictions"))
    splits = read_predictions(predictions.file("predictions.parquet"))
    metrics = {split: split_metrics(labels, scores, bins) for split, (labels, scores) in splits.items()}
    if metrics["train"]["at_chance"] and metrics["test"]["at_chance"]:
        print(
            "the predictions are at chance on both training and test images: this run has learned nothing",
            flush=True,
        )
    with new_artefact(call.store, call.job) as folder:
        write_array(folder / "predicted.npy", splits["test"][1].argmax(axis=1).astype(np.int16))
        write_text(folder / "metrics.json", json.dumps(metrics, indent=2) + "\n")


if __name__ == "__main__":
    main()
