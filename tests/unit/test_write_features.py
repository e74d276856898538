from pathlib import Path

import numpy as np
import pytest

from study.data.feature_cache import Extractor, write_features
from study.data.splits import Indices, Split
from study.data.tensor_cache import read_cache
from study.errors import PermanentError
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job
from support.tiny import cache

JOB = Job("features", "tiny", {}, "none")
BFLOAT16 = {"finite": 0x7F7F, "infinite": 0xFF80, "not a number": 0x7FC0}
"""Bits of the largest number, of minus infinity and of a NaN."""


def extractor(value: float | int, kind: str, precision: str) -> Extractor:
    """Gives zeros, and the value for the last training image."""

    def compute(split: Split, indices: Indices) -> np.ndarray:
        values = np.zeros((len(indices), 5), dtype=np.uint16 if kind == "bfloat16" else kind)
        if split == "train":
            values[indices == 63, 2] = value
        return values

    return Extractor(compute, kind, precision)


def write(folder: Path, made: Extractor) -> None:
    with new_artefact(folder, JOB) as place:
        write_features(place, cache(), made, limit=1.0)


def test_the_manifest_says_how_long_the_pass_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 107.5])
    monkeypatch.setattr("study.data.feature_cache.time.perf_counter", lambda: next(clock))
    write(tmp_path, extractor(1.0, "float32", "float32"))
    assert read_cache(open_artefact(tmp_path, JOB.ref)).manifest["seconds"] == 7.5


@pytest.mark.parametrize(
    ("value", "kind", "precision", "advice"),
    [
        (np.inf, "float16", "float16", "set precision: float32 for the arm"),
        (np.nan, "float32", "float32", "use other weights, or another input.scaling for the arm"),
        (BFLOAT16["infinite"], "bfloat16", "bfloat16", "set precision: float32 for the arm"),
        (BFLOAT16["not a number"], "bfloat16", "bfloat16", "set precision: float32 for the arm"),
    ],
)
def test_features_that_are_not_finite_are_refused_with_what_helps(
    value: float, kind: str, precision: str, advice: str, tmp_path: Path
) -> None:
    with pytest.raises(PermanentError) as found:
        write(tmp_path, extractor(value, kind, precision))
    assert "not finite for train images 0 to 63" in str(found.value)
    assert str(found.value).endswith(advice)


def test_bfloat16s_largest_number_is_a_feature_like_others(tmp_path: Path) -> None:
    write(tmp_path, extractor(BFLOAT16["finite"], "bfloat16", "bfloat16"))
    assert read_cache(open_artefact(tmp_path, JOB.ref)).train.images[63, 2] == BFLOAT16["finite"]
