"""What more seeds would decide, and what they cost."""

from typing import Any

import numpy as np
import pandas as pd

from study.audit.bridges import BRIDGE_COLUMNS, bridge_rows
from study.audit.files import TABLES, Audit
from study.config.blocks import Evaluation
from study.inspection.seeds import SeedPlan, seed_plan, sentences
from study.plan.experiment_specs import BridgeSpec, StepSpec
from support.audit_arms import arm

SECONDS = {"one": 100.0, "two": 20.0}
BRIDGE = BridgeSpec(
    name="b",
    start="one",
    end="two",
    covers=True,
    steps=(StepSpec(name="rate", settings=("learning_rate",), from_start="two", from_end="one"),),
)


def claim(verdict: str, reason: str, needed: dict[str, Any] | None = None, name: str = "c") -> dict[str, Any]:
    evidence = {"arms": ["one", "two"], "seeds_needed": needed}
    return {"id": name, "verdict": verdict, "reason": reason, "evidence": evidence, "claim": {}}


def audited(*claims: dict[str, Any], bridges: list[dict[str, Any]] | None = None) -> Audit:
    tables = {name: pd.DataFrame() for name in TABLES}
    tables["intervals"] = pd.DataFrame([{"arm": arm, "runs": "all", "seeds": 3} for arm in SECONDS])
    tables["bridges"] = pd.DataFrame(bridges or [], columns=BRIDGE_COLUMNS)
    return Audit(claims=list(claims), quantities=[], **tables)


def told(audit: Audit) -> tuple[SeedPlan, str]:
    plan = seed_plan(audit, SECONDS, [BRIDGE])
    return plan, "\n".join(sentences(plan))


def test_a_claim_says_how_many_seeds_decide_it_and_what_the_others_take() -> None:
    open_claim = claim("undecided", "interval_holds_zero", {"fewest": 5, "most": 13, "never": False})
    plan, text = told(audited(open_claim, claim("supported", "direction", name="d")))
    assert plan.decided == 1
    # Two and ten more seeds of two arms, which take two minutes together.
    assert (
        "claim c: 5 to 13 seeds would decide it (3 are there); for 2 arms, the further ones take 4 min to 20 min"
        in text
    )


def test_what_no_number_of_seeds_decides_and_what_takes_too_many_is_said() -> None:
    never = claim("undecided", "interval_holds_zero", {"fewest": None, "most": None, "never": True}, "images")
    many = claim("undecided", "interval_holds_zero", {"fewest": None, "most": None, "never": False}, "far")
    _, text = told(audited(never, many))
    assert "No number of seeds decides: claim images." in text
    assert "claim far: more than 100 seeds would be needed (3 are there)" in text


def test_without_spread_nothing_is_said_of_more_seeds() -> None:
    _, text = told(audited(claim("undecided", "no_spread")))
    assert "runs collapsed or fewer than two are there: claim c" in text


def test_an_open_effect_of_a_bridge_needs_the_seeds_that_its_interval_does() -> None:
    draw = np.random.default_rng(4)
    arms = {name: arm(None, list(0.7 + 0.02 * draw.normal(size=3)), name=name, facts={}) for name in SECONDS}
    rows = list(bridge_rows(BRIDGE, arms, Evaluation()))
    plan, text = told(audited(bridges=rows))
    (gap,) = (item for item in plan.undecided if item.what == "bridge b: the whole gap")
    row = next(row for row in rows if (row["part"], row["runs"]) == ("gap", "all"))
    assert (gap.fewest, gap.most, gap.never) == (row["seeds_fewest"], row["seeds_most"], row["seeds_never"])
    assert gap.arms == ("one", "two")
    assert "bridge b: the whole gap" in text


def test_an_effect_with_collapsed_runs_is_left_unknown() -> None:
    values = {"one": [0.70, 0.72, 0.1], "two": [0.71, 0.70, 0.72]}
    arms = {name: arm(None, found, name=name, facts={}) for name, found in values.items()}
    arms["one"] = arm(None, values["one"], name="one", facts={}, collapsed=[2])
    plan, text = told(audited(bridges=list(bridge_rows(BRIDGE, arms, Evaluation()))))
    assert not plan.undecided
    assert "bridge b: the whole gap" in text


def test_a_decided_effect_is_counted() -> None:
    values = {"one": [0.5, 0.51, 0.505], "two": [0.8, 0.81, 0.803]}
    arms = {name: arm(None, accuracies, name=name, facts={}) for name, accuracies in values.items()}
    plan, _ = told(audited(bridges=list(bridge_rows(BRIDGE, arms, Evaluation()))))
    assert not plan.undecided
    assert plan.decided == 3  # the gap, and the one step from both ends
