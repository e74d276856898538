"""Claims about arms with chosen accuracies, and what is found of them."""

from collections.abc import Mapping
from typing import Any

from study.audit.arms import AuditArm
from study.audit.findings import Finding
from study.audit.verdicts import hold_cases, judge
from study.config.blocks import Evaluation
from study.config.claims import Claims
from support.audit_arms import CLAIMS, EVALUATION, bench, faithful_facts


def claim(**settings: Any) -> dict[str, Any]:
    return {"id": "it", "source": "document", "statement": {}, **settings}


def value(accuracy: float, tolerance: float = 0.00005, **settings: Any) -> dict[str, Any]:
    section = {"kind": "value", "section": "1.1", "quantity": "test_accuracy"}
    return claim(**{**section, "value": accuracy, "tolerance": tolerance, **settings})


def relation(**settings: Any) -> dict[str, Any]:
    return claim(**{"kind": "relation", "higher": "1.2", "lower": "1.1", **settings})


def findings(
    *arms: AuditArm, claims: list[dict[str, Any]], evaluation: Evaluation = EVALUATION
) -> Mapping[str, Finding]:
    asked = Claims.model_validate({**CLAIMS.model_dump(), "claims": claims})
    board = bench(*arms, claims=asked)
    return judge(asked.claims, hold_cases(asked.claims, board, evaluation), evaluation)


def finding(*arms: AuditArm, claim: dict[str, Any], **evaluation: float) -> Finding:
    (found,) = findings(*arms, claims=[claim], evaluation=Evaluation.model_validate(evaluation)).values()
    return found


RUNS = (0.61, 0.62, 0.63)
SIZE = {"kind": "difference", "higher": "1.2", "lower": "1.1", "tolerance": 0.0001}
HIGH, LOW = (0.80, 0.81, 0.83), (0.60, 0.63, 0.61)
CAUSE = relation(kind="cause", setting="framework")
SAME = faithful_facts("1.1") | {"device": "cpu", "test_identity": "these", "train_identity": "those"}
