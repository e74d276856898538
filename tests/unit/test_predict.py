from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from study.data.splits import Split
from study.errors import PermanentError, StudyError
from study.evaluation.predictions import read_predictions
from study.recipe.run import RunSpec
from study.runs.prediction import write_predictions
from study.store.artefacts import open_artefact
from study.store.jobs import Job
from study.training.randomness import split_validation
from support.tiny import cache, run_spec

JOB = Job("predictions", "tiny-s3", {}, "none")
IMAGES = {"train": 64, "test": 32}


def scores(split: Split) -> np.ndarray:
    """The first score of an image is its number, so that it can be told from the others."""
    values = np.zeros((IMAGES[split], 4), dtype=np.float32)
    values[:, 0] = np.arange(IMAGES[split])
    return values


def predict(folder: Path, spec: RunSpec, scores: Callable[[Split], np.ndarray] = scores) -> Path:
    write_predictions(folder, JOB, spec, cache(), np.zeros((0, 1, 1, 3), np.float32), scores)
    return open_artefact(folder, JOB.ref).file("predictions.parquet")


@pytest.mark.parametrize("monitor", ["validation", "test", "none"])
def test_images_that_a_run_set_aside_are_not_among_those_that_it_was_trained_on(monitor: str, tmp_path: Path) -> None:
    path = predict(tmp_path, run_spec("pytorch", monitor=monitor, validation_fraction=0.25, seed=3))
    trained_on, set_aside = split_validation(64, 0.25, seed=3)
    table, splits = pd.read_parquet(path), read_predictions(path)
    assert table.loc[table["split"] == "validation", "image"].tolist() == set_aside.tolist()
    for split, images in (("train", trained_on), ("validation", set_aside), ("test", np.arange(32))):
        labels, found = splits[split]
        assert np.array_equal(found[:, 0], images)
        assert np.array_equal(labels, (cache().test if split == "test" else cache().train).labels[images])


def test_a_run_that_set_nothing_aside_has_two_splits(tmp_path: Path) -> None:
    assert list(read_predictions(predict(tmp_path, run_spec("pytorch")))) == ["train", "test"]


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("label", 4, "labels range from 0 to 4, but there are 4 classes"),
        ("score_2", np.nan, "1 of {} images have scores that"),
    ],
)
def test_a_table_that_cannot_be_names_its_split(
    split: Split, column: str, value: float, message: str, tmp_path: Path
) -> None:
    table = pd.read_parquet(predict(tmp_path, run_spec("pytorch")))
    table.loc[table.index[table["split"] == split][0], column] = value
    table.to_parquet(tmp_path / "wrong.parquet")
    with pytest.raises(StudyError) as found:
        read_predictions(tmp_path / "wrong.parquet")
    assert f"wrong.parquet, split {split}: {message.format(IMAGES[split])}" in str(found.value)


def test_two_classes_are_enough(tmp_path: Path) -> None:
    table = pd.read_parquet(predict(tmp_path, run_spec("pytorch")))
    table = table.assign(label=table["label"] % 2).drop(columns=["score_2", "score_3"])
    table.to_parquet(tmp_path / "two.parquet")
    assert read_predictions(tmp_path / "two.parquet")["test"][1].shape == (32, 2)


@pytest.mark.parametrize(("precision", "advised"), [("float32", False), ("bfloat16", True), ("float16", True)])
def test_scores_that_are_not_finite_are_refused_with_what_helps(precision: str, advised: bool, tmp_path: Path) -> None:
    def overflowing(split: Split) -> np.ndarray:
        values = scores(split)
        values[:3, 1] = np.inf if split == "test" else 0
        return values

    with pytest.raises(PermanentError) as found:
        predict(tmp_path, run_spec("pytorch", precision=precision), overflowing)
    assert f"not finite for 3 of 32 test images, with precision {precision}; lower optimiser" in str(found.value)
    assert ("set precision: float32" in str(found.value)) is advised
    assert not list(tmp_path.glob("predictions/*"))
