"""Class scores of a trained network as an artefact, in any framework."""

import argparse
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.cli import Call, read_call
from study.data.splits import Split
from study.data.staging import add_staging, read_staged
from study.data.tensor_cache import TensorCache
from study.errors import PermanentError
from study.machine.computing import add_device
from study.machine.frameworks import PACKAGES, add_framework
from study.recipe.recipe import Framework
from study.recipe.run import RunSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import atomic
from study.store.jobs import Job
from study.store.parameters import write_array
from study.training.randomness import split_validation
from study.training.remedy import remedy


def read_predictions_call(program: str, description: str | None) -> Call:
    """Parse the arguments of the prediction program."""
    return read_call(program, description, "predictions", _add_arguments)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_framework(parser)
    add_staging(parser)
    add_device(parser)


def read_prediction_inputs(call: Call, framework: Framework) -> tuple[RunSpec, TensorCache, Path]:
    """Return the settings of the run to predict with, the images or their features, and the file of its parameters.

    Prints a line if the run was trained with another version of the framework.
    """
    run = open_artefact(call.store, call.job.input("runs"))
    # The record's settings are those of the run with its precision settled.
    record = json.loads(run.file("run.json").read_text(encoding="utf-8"))
    spec = RunSpec.model_validate(record["spec"])
    if spec.framework == framework:
        _compare_versions(framework, record)
    cache = read_staged(open_artefact(call.store, call.job.network_input), call.arguments.staging, print)
    return spec, cache, run.file("model.npz")


def _compare_versions(framework: Framework, record: Mapping[str, Any]) -> None:
    package = PACKAGES[framework][0]
    then, now = record["framework_version"], version(package)
    if then != now:
        print(f"trained with {package} {then}, predicted with {package} {now}: rounding may differ", flush=True)


def write_predictions(
    store: Path,
    job: Job,
    spec: RunSpec,
    cache: TensorCache,
    filters: npt.NDArray[np.float32],
    scores: Callable[[Split], npt.NDArray[np.float32]],
) -> None:
    """Write predictions.parquet and filters.npy.

    The table has split, image, label and one float32 logit per class, for every image; ``image`` is its index in the
    cache's split, in that order. Training images that the run, ``spec``, set aside are in the split ``validation``. The
    filters are kept here because parameters may be dropped once the study is complete. Raises PermanentError if a score
    is not finite.
    """
    tables = [_table(spec, split, labels, scores(split)) for split, labels in _labels(cache)]
    with new_artefact(store, job) as folder:
        write_array(folder / "filters.npy", filters)
        with atomic(folder / "predictions.parquet") as temporary:
            pd.concat(tables, ignore_index=True).to_parquet(temporary, index=False)


def _labels(cache: TensorCache) -> list[tuple[Split, npt.NDArray[np.int64]]]:
    return [("train", cache.train.labels), ("test", cache.test.labels)]


def _table(spec: RunSpec, split: Split, labels: npt.NDArray[np.int64], scores: npt.NDArray[np.float32]) -> pd.DataFrame:
    wrong = int((~np.isfinite(scores)).any(axis=1).sum())
    if wrong:
        raise PermanentError(
            f"the trained network gives scores that are not finite for {wrong} of {len(labels)} {split} images, with "
            f"precision {spec.precision}; {remedy(spec)}"
        )
    names = np.full(len(labels), split, dtype=object)
    if split == "train":
        names[split_validation(len(labels), spec.validation_fraction, spec.seed)[1]] = "validation"
    columns = {f"score_{number}": scores[:, number] for number in range(scores.shape[1])}
    return pd.DataFrame({"split": names, "image": np.arange(len(labels)), "label": labels, **columns})
