"""Class scores of a trained network as an artefact, whatever the framework."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from study.jobs import Job
from study.spec.training import RunSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import atomic
from study.store.parameters import write_array
from study.tensors.cache import TensorCache
from study.tensors.splits import Split
from study.tensors.staging import Staging, read_staged


def read_inputs(store: Path, job: Job, staging: Staging) -> tuple[RunSpec, TensorCache, Path]:
    """The specification of the run to predict with, the images or their features, and the file of its parameters."""
    run = open_artefact(store, job.input("runs"))
    # The record's settings are those of the run with its precision settled.
    record = json.loads(run.file("run.json").read_text(encoding="utf-8"))
    spec = RunSpec.model_validate(record["spec"])
    cache = read_staged(open_artefact(store, job.network_input), staging, print)
    return spec, cache, run.file("model.npz")


def write_predictions(
    store: Path,
    job: Job,
    cache: TensorCache,
    filters: npt.NDArray[np.float32],
    scores: Callable[[Split], npt.NDArray[np.float32]],
) -> None:
    """Write predictions.parquet and filters.npy.

    The table has split, image, label and one float32 logit per class, for every image. The filters are kept here
    because parameters may not be when the study is complete.
    """
    with new_artefact(store, job) as folder:
        write_array(folder / "filters.npy", filters)
        with atomic(folder / "predictions.parquet") as temporary:
            tables = [_table(split, labels, scores(split)) for split, labels in _labels(cache)]
            pd.concat(tables, ignore_index=True).to_parquet(temporary, index=False)


def _labels(cache: TensorCache) -> list[tuple[Split, npt.NDArray[np.int64]]]:
    return [("train", cache.train.labels), ("test", cache.test.labels)]


def _table(split: Split, labels: npt.NDArray[np.int64], scores: npt.NDArray[np.float32]) -> pd.DataFrame:
    columns = {f"score_{number}": scores[:, number] for number in range(scores.shape[1])}
    return pd.DataFrame({"split": split, "image": np.arange(len(labels)), "label": labels, **columns})
