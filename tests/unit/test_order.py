"""No number depends on the order of anything: seeds, arms, keys, inputs, rows of predictions and of histories."""

import io
import json
import random
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.evaluation.gallery import make_gallery
from study.evaluation.results import read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import arms_table, epochs_table, runs_table
from support.edits import edit
from support.study_results import SyntheticStudy, make_study
from support.synthetic_arms import SyntheticArm, document_arms, patternless_arms


def shuffled(arm: SyntheticArm, chance: random.Random) -> SyntheticArm:
    def turned(mapping: Any) -> Any:
        if isinstance(mapping, dict):
            keys = chance.sample(list(mapping), len(mapping))
            return {key: turned(mapping[key]) for key in keys}
        return mapping

    return replace(arm, accuracies=turned(dict(arm.accuracies)), spec=turned(dict(arm.spec)))


def in_any_row_order(study: SyntheticStudy) -> None:
    """Write the rows of all predictions and histories in another order."""

    def predictions(content: bytes) -> bytes:
        return pd.read_parquet(io.BytesIO(content)).sample(frac=1, random_state=1).to_parquet(index=False)

    def history(content: bytes) -> bytes:
        return pd.read_csv(io.BytesIO(content)).sample(frac=1, random_state=1).to_csv(index=False).encode()

    for run in study.runs:
        edit(study.store, run, "history.csv", history)
    for scores in study.predictions:
        edit(study.store, scores, "predictions.parquet", predictions)


def by(*keys: str) -> Callable[[pd.DataFrame], list[dict[str, Any]]]:
    return lambda table: json.loads(table.sort_values(list(keys)).to_json(orient="records", double_precision=15))


def everything(study: SyntheticStudy, chance: random.Random | None = None) -> dict[str, Any]:
    """All that a study comes to, without the order of what only is shown in an order."""
    job, judged = study.summary_job, AuditSpec.model_validate(study.audit_job().spec)
    right = study.right()
    if chance is not None:
        job = replace(job, inputs=tuple(chance.sample(job.inputs, len(job.inputs))))
        right = {key: right[key] for key in chance.sample(list(right), len(right))}
    spec = SummarySpec.model_validate(job.spec)
    results = read_results(study.store, job, spec)
    summary, gallery = summarise(spec, results), make_gallery(results)
    epochs = epochs_table(results)
    seen = summary
    if chance is not None:
        arms = [{**arm, "runs": chance.sample(arm["runs"], len(arm["runs"]))} for arm in summary["arms"]]
        seen, epochs = {**summary, "arms": arms}, epochs.sample(frac=1, random_state=1)
    found = audit(judged, seen, epochs, right)
    return {
        "arms": {arm["name"]: arm for arm in summary["arms"]},
        "reduced": summary["reduced"],
        "confounded": sorted((sorted(pair["arms"]), pair["by"]) for pair in summary["confounded"]),
        "filters": {result.arm.name: result.filters.tolist() for result in results},
        "runs": by("arm", "seed")(runs_table(results)),
        "quantities": by("arm", "quantity")(arms_table(results)),
        "epochs": by("arm", "seed", "epoch")(epochs_table(results)),
        "sets": [{**part, "arms": sorted(part["arms"])} for part in gallery.sets],
        "images": gallery.images.to_dict("records"),
        "guesses": by("set", "image", "arm", "predicted")(gallery.guesses),
        "pixels": {name: array.tolist() for name, array in gallery.pixels.items()},
        "claims": {item["id"]: item for item in found.claims},
        "identified": [asdict(item) if not isinstance(item, dict) else item for item in found.quantities],
        "comparisons": by("arm", "other", "runs")(found.comparisons),
        "intervals": by("arm", "runs")(found.intervals),
        "cohort": by("section", "who")(found.cohort),
    }


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return everything(make_study(tmp_path_factory.mktemp("ordered"), patternless_arms()))


@pytest.mark.parametrize("number", range(3))
def test_no_number_depends_on_an_order(tmp_path: Path, ordered: dict[str, Any], number: int) -> None:
    chance = random.Random(number)
    made = [shuffled(arm, chance) for arm in chance.sample(patternless_arms(), 4)]
    study = make_study(tmp_path, made)
    in_any_row_order(study)
    found = everything(study, chance)
    for part, expected in ordered.items():
        assert found[part] == expected, part


def test_a_run_that_learned_nothing_is_left_out_by_its_seed_whatever_the_order(tmp_path: Path) -> None:
    arm = replace(document_arms()[0], accuracies={2: 0.62, 1: 0.64, 0: 0.1}, collapsed=(0,))
    found = everything(make_study(tmp_path, [arm]))
    learned = next(row for row in found["intervals"] if row["runs"] == "learned")
    assert learned["mean"] == pytest.approx(0.63, abs=1e-12)  # a mean of two fractions


def test_pairs_are_of_one_seed_where_the_arms_have_other_seeds(tmp_path: Path) -> None:
    one, other = document_arms()[:2]
    one = replace(one, accuracies={0: 0.40, 1: 0.50, 2: 0.60, 5: 0.70})
    other = replace(other, accuracies={1: 0.55, 2: 0.66, 5: 0.77, 9: 0.99})
    found = everything(make_study(tmp_path, [one, other]))
    row = next(row for row in found["comparisons"] if row["runs"] == "all")
    assert row["seeds"] == 3
    difference = ((0.50 - 0.55) + (0.60 - 0.66) + (0.70 - 0.77)) / 3
    assert abs(row["difference"]) == pytest.approx(abs(difference), abs=1e-12)  # a mean of three fractions
