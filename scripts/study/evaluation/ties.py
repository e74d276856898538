"""Consistency of a run's parts: every value that must equal another is compared with it, and mismatches are refused."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.errors import StudyError
from study.evaluation.metrics import Labels
from study.recipe.run import RunSpec
from study.recipe.steering import steering
from study.store.artefacts import Artefact, open_artefact
from study.store.jobs import Ref
from study.training.randomness import split_validation

EXACT, WIDE = (1, 0.001), (2, 0.01)
"""Images, or share of all images if that is more, that training and prediction may classify differently by rounding.

An image's class changes if its two highest scores are closer than the rounding of their sums, whose order depends on
device and batch size: hardly ever with the 24 bits of float32, for one image in some hundreds with the 8 of bfloat16 or
the 11 of float16 and TF32."""
SIXTEEN_BITS = ("float16", "bfloat16")

Untied = tuple[Artefact, str]
"""The artefact with a mismatch, and what it is."""


@dataclass(frozen=True)
class Parts:
    """All results of a run, with what it was asked for and the images that it should have."""

    run: Artefact
    predictions: Artefact
    metrics: Artefact
    tensors: Artefact
    """The images of the run's arm."""
    record: Mapping[str, Any]
    """The run's own record, run.json."""
    history: pd.DataFrame
    """One row per epoch, in the order of epochs."""
    scores: Mapping[str, Any]
    """Metrics per split."""
    predicted: npt.NDArray[np.int16]
    """The predicted class of each test image."""
    images: pd.DataFrame
    """Columns split, image and label of the predictions."""
    labels: Mapping[str, Labels]
    """Labels of the arm's images, int64 [images], by ``train`` (including those set aside) and ``test``."""

    @property
    def asked(self) -> RunSpec:
        """The settings of the run's job."""
        return RunSpec.model_validate(self.run.spec)

    @property
    def spec(self) -> RunSpec:
        """The settings in the run's record."""
        return RunSpec.model_validate(self.record["spec"])


def check_ties(where: str, store: Path, parts: Parts) -> None:
    """Raise StudyError, which begins with ``where``, if two parts of a run do not belong together."""
    for check in (_inputs, _record, _images, _scores):
        for artefact, problem in check(store, parts):
            raise StudyError(f"{where}: {problem}; delete {artefact.folder} and run the snakemake command again")


def _inputs(store: Path, parts: Parts) -> Iterator[Untied]:
    """Check that the metrics are of these predictions, these of this run, and all of these images."""
    run, predictions, metrics = parts.run, parts.predictions, parts.metrics
    given = run.network_input
    if [ref.lineage for ref in predictions.inputs_of("runs")] != [run.lineage]:
        yield predictions, "the predictions belong to another run"
    if predictions.network_input.lineage != given.lineage:
        yield predictions, f"the predictions were made from {given.kind} other than those the run was trained on"
    if [ref.lineage for ref in metrics.inputs] != [predictions.lineage]:
        yield metrics, "the metrics belong to other predictions"
    if _images_of(store, given) not in (None, parts.tensors.lineage):
        yield run, "the run was trained on images other than those of its arm"


def _images_of(store: Path, given: Ref) -> str | None:
    """Return the lineage of the images behind a network's input; None if the input was features that are gone."""
    if given.kind == "tensors":
        return given.lineage
    try:
        (images,) = open_artefact(store, given).inputs_of("tensors")
    except StudyError:  # a finished run no longer needs its features, and people delete them
        return None
    return images.lineage


def _record(_: Path, parts: Parts) -> Iterator[Untied]:
    """Check that the record matches the run that was asked for, and the history that run."""
    run, asked, spec, record, history = parts.run, parts.asked, parts.spec, parts.record, parts.history
    other = differing_settings(asked, spec)
    if asked.precision == "auto":  # only the record has what it became
        other = [name for name in other if name != "precision"]
    if other:
        yield run, f"the run's record has a different {' and '.join(other)} from what was asked for"
    epochs = int(record["epochs_trained"])
    if not epochs or history["epoch"].tolist() != list(range(1, epochs + 1)):
        yield run, f"the record says {epochs} epochs, but the history does not have each of them once"
    if epochs > spec.epochs or (record["ended"] == "planned" and epochs < spec.epochs):
        yield run, f"{epochs} epochs were trained, but {spec.epochs} were planned"
    rate = float(history["learning_rate"].iloc[0])
    if not math.isclose(rate, spec.optimiser.learning_rate, rel_tol=1e-12):  # older pandas does not read exactly
        yield run, f"the history begins with learning rate {rate:g} instead of {spec.optimiser.learning_rate:g}"
    reported = best_epoch(history) if spec.result == "best" else epochs
    if record["reported_epoch"] != reported:
        yield run, f"epoch {record['reported_epoch']} is reported, but the {spec.result} one is {reported}"
    follows = steering(spec)
    leak = spec.monitor == "test" and bool(follows)
    if set(record["steering"]) != set(follows) or record["leak"] != leak:
        yield run, "the record does not say what its settings let the monitored images steer"


def best_epoch(history: pd.DataFrame) -> int:
    """Return the first epoch with the highest monitored accuracy."""
    return int(history["epoch"].to_numpy()[np.nanargmax(history["monitor_accuracy"].to_numpy())])


def _images(_: Path, parts: Parts) -> Iterator[Untied]:
    """Check that predictions and metrics are of all images of the arm, with their labels."""
    expected = expected_images(parts.spec, parts.labels)
    if parts.scores.keys() != expected.keys():
        yield parts.metrics, f"{' and '.join(parts.scores)} images were scored instead of {' and '.join(expected)}"
    for split, places in expected.items():
        rows = parts.images[parts.images["split"] == split].sort_values("image")
        own = parts.labels["test" if split == "test" else "train"][places]
        if len(rows) != len(places):
            yield parts.predictions, f"{len(rows)} {split} images were predicted, but the data have {len(places)}"
        if not np.array_equal(rows["image"], places) or not np.array_equal(rows["label"], own):
            yield parts.predictions, f"the {split} images that were predicted, or their labels, are not the data's"
        scored = parts.scores[split]["images"]
        if scored != len(places):
            yield parts.metrics, f"{scored} {split} images were scored, but the data have {len(places)}"
        confusion = np.array(parts.scores[split]["confusion"])
        if not np.array_equal(confusion.sum(axis=1), np.bincount(own, minlength=len(confusion))):
            yield parts.metrics, f"the {split} images were scored with labels other than those of the data"


def expected_images(spec: RunSpec, labels: Mapping[str, Labels]) -> dict[str, npt.NDArray[np.int64]]:
    """Return the indices of the images that each split must have: trained on, set aside (if any were), and test."""
    trained, aside = split_validation(len(labels["train"]), spec.validation_fraction, spec.seed)
    places = {"train": trained, "validation": aside, "test": np.arange(len(labels["test"]))}
    return {split: found for split, found in places.items() if len(found) or split != "validation"}


def _scores(_: Path, parts: Parts) -> Iterator[Untied]:
    """Check that what was monitored after the reported epoch equals the final score, apart from rounding."""
    if parts.predicted.shape != parts.labels["test"].shape:
        yield parts.metrics, f"{len(parts.predicted)} test images have a predicted class instead of all"
    right = int((parts.predicted == parts.labels["test"]).sum())
    if parts.scores["test"]["correct"] != right:
        yield parts.metrics, f"{parts.scores['test']['correct']} test images are scored as right, but {right} are"
    split, epoch = parts.spec.monitor, parts.record["reported_epoch"]
    if split != "none":
        images, correct = parts.scores[split]["images"], parts.scores[split]["correct"]
        seen = round(images * float(parts.history.set_index("epoch")["monitor_accuracy"][epoch]))
        allowed = allowance(parts.record, images)
        if abs(seen - correct) > allowed:
            yield (
                parts.predictions,
                f"{seen} of {images} {split} images were right after epoch {epoch} of the training, but {correct} are "
                f"by the predictions; rounding explains a difference of at most {allowed}",
            )


def allowance(record: Mapping[str, Any], images: int) -> int:
    """Return by how many images the accuracies of training and prediction may differ; see ``EXACT``."""
    wide = record["precision"] in SIXTEEN_BITS or record["device"].get("tf32", False)
    least, share = WIDE if wide else EXACT
    return max(least, int(share * images))


def differing_settings(one: RunSpec, other: RunSpec) -> list[str]:
    """Return the settings in which two runs differ."""
    return [name for name in RunSpec.model_fields if getattr(one, name) != getattr(other, name)]
