"""Every value of a summary, an audit and a run's record, as it was when it was last looked at.

A change of any value shows here first, with its name; whether the new one is right is for the other tests to say.
After a change that is meant: ``pytest tests/unit/test_golden.py --force-regen``; read the difference before committing.
"""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pytest_regressions.data_regression import DataRegressionFixture

from study.audit.files import TABLES, write_audit
from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.config.load import validate
from study.evaluation.files import write_summary
from study.evaluation.results import read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import epochs_table
from support.configured_arms import BASE, LIBRARY, WITH_RESNET, configured, configured_facts
from support.study_results import make_study
from support.synthetic_arms import CLAIMS, SyntheticArm, digits_arms, document_arms, patternless_arms
from support.tiny import TINY_NETWORK

SMALL = BASE | {"network": "small", "input": {"size": 32, "resize": "float"}}
EQUAL = {"kind": "equivalence", "id": "equal", "source": "document", "higher": "1.2", "lower": "1.1"}
DIGITS = 9
"""Digits after the point that count: what is left is rounding, which depends on the processor."""
LINEAGE = re.compile(r"(?<![.0-9a-f])[0-9a-f]{16}(?![0-9a-f])")

Check = Callable[[Any], None]


@pytest.fixture
def check(data_regression: DataRegressionFixture) -> Check:
    """Compares a value with the recorded one; lineages, which say with which code it was made, by their order only."""

    def compare(value: Any) -> None:
        text = json.dumps(value, default=str)
        order = {lineage: f"lineage {number}" for number, lineage in enumerate(dict.fromkeys(LINEAGE.findall(text)))}
        data_regression.check(json.loads(LINEAGE.sub(lambda found: order[found[0]], text)), round_digits=DIGITS)

    return compare


def files_of(folder: Path, made: list[SyntheticArm]) -> dict[str, Any]:
    """The content of all files of a summary and of an audit but pictures; of the claims, what is found."""
    study = make_study(folder / "store", made)
    spec = SummarySpec.model_validate(study.summary_job.spec)
    write_summary(folder, spec, read_results(study.store, study.summary_job, spec), [])
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    claims = {**CLAIMS, "claims": [*CLAIMS["claims"], EQUAL | {"statement": {"es": "Iguales.", "en": "Equal."}}]}
    judged = AuditSpec.model_validate(study.audit_job(claims).spec)
    found = audit(judged, summary, pd.read_csv(folder / "epochs.csv"), study.right())
    write_audit(folder, found)
    listed = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in ("claims", "quantities")}
    for name in listed:
        for item in listed[name]:
            item["claim"] = item["claim"]["id"]
    tables = ("runs", "arms", "epochs", *TABLES)
    read = {f"{name}.csv": rows(folder / f"{name}.csv") for name in tables}
    return {"summary.json": summary, **listed, **read}


def rows(path: Path) -> list[str]:
    """A table's rows as text, the head first, with numbers rounded."""
    table = pd.read_csv(path, dtype={"section": str}).round(DIGITS)
    return table.to_csv(index=False, lineterminator="\n").splitlines()


def uneven() -> list[SyntheticArm]:
    """Arms that differ in what they did, and whose records differ."""
    one, other, pretrained, resnet = document_arms((0, 1))
    few = {"spec": {**one.spec, "monitor": "validation", "validation_fraction": 0.2}}
    record = {"features": {"seconds": 30.0}, "device": {"kind": "cuda", "name": "synthetic card"}, "git_commit": None}
    return [
        replace(one, **few),
        replace(other, spec={**other.spec, "result": "best"}, section=None, document=None),
        replace(pretrained, records={0: record, 1: record | {"threads": 8, "precision": "bfloat16"}}),
        replace(resnet, inherited=({"arm": "scratch_pytorch", "by": ["result"], "inherited": True},)),
    ]


def test_tables_have_their_columns_where_they_have_no_rows(tmp_path: Path) -> None:
    study = make_study(tmp_path / "store", document_arms((0,))[:1])
    spec = SummarySpec.model_validate(study.summary_job.spec)
    results = read_results(study.store, study.summary_job, spec)
    asked = {**study.audit_job().spec, "cohort": {}, "claims": {**CLAIMS, "claims": [], "curves": {}}}
    summary = json.loads(json.dumps(summarise(spec, results)))
    found = audit(AuditSpec.model_validate(asked), summary, epochs_table(results), study.right())
    tables = {name: getattr(found, name) for name in ("cohort", "teams", "curves", "comparisons")}
    assert {name: (len(table), table.shape[1] > 2) for name, table in tables.items()} == dict.fromkeys(
        tables, (0, True)
    )


STUDIES: dict[str, Callable[[], list[SyntheticArm]]] = {
    "collapsed": patternless_arms,
    "document": document_arms,
    "one_seed_of_digits": digits_arms,
    "uneven": uneven,
}


@pytest.mark.parametrize("name", STUDIES)
def test_every_value_of_a_study_is_what_it_was(name: str, tmp_path: Path, check: Check) -> None:
    check(files_of(tmp_path, STUDIES[name]()))


def test_what_the_configured_arms_do_is_told_as_before(check: Check) -> None:
    check(configured_facts(configured()))


def test_what_arms_do_whose_parameters_come_from_others_is_told_as_before(check: Check) -> None:
    config = copy.deepcopy(WITH_RESNET)
    config["datasets"] |= {
        "few": config["datasets"]["cifar10"] | {"train_images": 5000, "test_images": 1000},
        "rest": {"source": "digits", "part": "pretraining"},
    }
    config["networks"]["small"] = TINY_NETWORK
    config["arms"] = {
        "source": BASE | {"dataset": "few"},
        "unseen": BASE | {"dataset": "rest", "monitor": "none", "network": "alexnet_96", "input": {"size": 227}},
        "library": BASE | LIBRARY,
        "of_source": BASE | {"weights": {"arm": "source"}},
        "of_unseen": BASE | {"weights": {"arm": "unseen"}, "network": "alexnet_96", "input": {"size": 227}},
        "of_library": BASE | LIBRARY | {"weights": {"arm": "library"}},
        "steered": BASE | {"dataset": "few", "early_stop": {"patience": 2}},
        "of_steered": BASE | {"weights": {"arm": "steered"}},
        "not_enlarged": SMALL,
        "of_not_enlarged": SMALL | {"weights": {"arm": "not_enlarged"}, "epochs": 3},
    }
    config["study"] |= {"arms": list(config["arms"]), "seeds": [0]}
    check(configured_facts(validate(yaml.safe_load(yaml.safe_dump(config)))))
