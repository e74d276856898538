import json
from pathlib import Path

import numpy as np
import pytest

from study.parity.spec import PairSpec
from study.store.artefacts import new_artefact
from study.store.jobs import Job, Ref
from study.store.lineage import code_digest
from support.parity_sides import described, make_side, run_program
from support.paths import ROOT
from support.synthetic_tables import predictions_table

ASSERTED = [
    *("inputs", "initial_values", "outputs", "loss", "gradients", "dropout", "optimiser", "order", "free_run"),
    "native_distribution",
]


def write_predictions(store: Path, name: str, scores: np.ndarray) -> Ref:
    job = Job("predictions", name, {"name": name}, "synthetic")
    with new_artefact(store, job) as folder:
        halves = np.split(scores, 2)
        splits = {split: (np.zeros(25, np.int64), half) for split, half in zip(("train", "test"), halves, strict=True)}
        predictions_table(splits).to_parquet(folder / "predictions.parquet")
    return job.ref


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The certificate of the tiny network, 20 steps deep; the second arm's predictions are wrong in one image."""
    store, run = tmp_path_factory.mktemp("store"), described()
    sides = [make_side(store, run, framework, "full") for framework in ("pytorch", "tensorflow")]
    scores = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    wrong = scores.copy()
    wrong[7, 2] += 0.01
    predicted = [
        write_predictions(store, name, values)
        for name, values in (("one", scores), ("again", scores * (1 + 1e-6)), ("own", scores), ("other", wrong))
    ]
    by_framework = [dict(zip(("pytorch", "tensorflow"), refs, strict=True)) for refs in (sides, sides)]
    scored = [dict(zip(("pytorch", "tensorflow"), refs, strict=True)) for refs in (predicted[:2], predicted[2:])]
    spec = {
        **PairSpec(arms=("one", "two"), runs=(run, run)).model_dump(mode="json"),
        "sides": [{name: ref.lineage for name, ref in by.items()} for by in by_framework],
        "predictions": [{name: ref.lineage for name, ref in by.items()} for by in scored],
    }
    code = code_digest(ROOT / "scripts" / "parity.py")
    inputs = (*reversed(predicted), *reversed(sides))  # their order means nothing
    ref = run_program("parity", store, Job("parity", "tiny-tiny", spec, code, inputs))
    found: list[dict[str, object]] = json.loads((store / ref.folder / "parity.json").read_text(encoding="utf-8"))
    return found


def test_two_equally_described_arms_are_certified_in_every_stage(findings: list[dict[str, object]]) -> None:
    asserted = [f for f in findings if f["arm"] == "one" and f["passed"] is not None and f["stage"] != "predictions"]
    assert list(dict.fromkeys(f["stage"] for f in asserted)) == ASSERTED
    assert [f for f in asserted if not f["passed"]] == []
    assert all(f["pair"] == ["one", "two"] and f["worst"] <= f["tolerance"] and f["tensor"] for f in asserted)


def test_twenty_steps_with_a_falling_rate_end_together(findings: list[dict[str, object]]) -> None:
    (free,) = (f for f in findings if f["arm"] == "one" and f["stage"] == "free_run")
    assert 0 < free["worst"] < 1e-9


def test_predictions_by_the_other_framework_pass_or_fail(findings: list[dict[str, object]]) -> None:
    assert [(f["arm"], f["passed"]) for f in findings if f["stage"] == "predictions"] == [("one", True), ("two", False)]


def test_what_frameworks_do_by_themselves_is_measured(findings: list[dict[str, object]]) -> None:
    measured = {(f["stage"], f["framework"]): f for f in findings if f["arm"] == "one" and f["passed"] is None}
    assert set(measured) == {
        ("native_optimiser", "pytorch"),
        ("native_optimiser", "tensorflow"),
        ("native_initial_weights", None),
        ("native_initial_biases", None),
        ("native_free_run", None),
    }
    # Keras' zeros against PyTorch's uniform values
    assert measured["native_initial_biases", None]["worst"] == 1
    # 24 inputs and 4 outputs: sqrt(1 / 24) against sqrt(6 / 28); both samples miss their bounds by a few percent.
    weights = measured["native_initial_weights", None]
    assert weights["tensor"] == "dense2.weight"
    assert weights["worst"] == pytest.approx(1 - (28 / 24 / 6) ** 0.5, abs=0.05)
