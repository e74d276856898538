"""Files of certificates: reading a job's inputs, writing its results."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from study.data.tensor_cache import TensorCache, read_cache
from study.errors import StudyError
from study.evaluation.predictions import read_predictions
from study.parity.spec import CertificateSpec
from study.parity.trace import Trace
from study.recipe.run import RunSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job, Ref
from study.store.parameters import Arrays, read_parameters, write_parameters

TENSORS = "tensors.npz"


def read_side(store: Path, job: Job) -> tuple[RunSpec, TensorCache]:
    """Return a side's description and images."""
    try:
        spec = RunSpec.model_validate(job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
    return spec, read_cache(open_artefact(store, job.input("tensors")))


def write_side(store: Path, job: Job, trace: Trace) -> None:
    """Write tensors.npz: what one framework computed, by ``stage/tensor``."""
    with new_artefact(store, job) as folder:
        write_parameters(folder / TENSORS, trace.tensors)


def read_tensors(store: Path, side: Ref) -> Arrays:
    """Return what a side computed."""
    return read_parameters(open_artefact(store, side).file(TENSORS))


def read_scores(store: Path, predictions: Ref) -> NDArray[np.float32]:
    """Return class scores [images, classes] of all images of a run, by split and in the order of the images."""
    splits = read_predictions(open_artefact(store, predictions).file("predictions.parquet"))
    return np.concatenate([scores for _, scores in splits.values()])


def read_pair(job: Job) -> CertificateSpec:
    """Return the two arms of a certificate."""
    try:
        return CertificateSpec.model_validate(job.spec)
    except ValidationError as error:
        raise StudyError(f"--job: {error}") from error
