"""How many more seeds would decide what the existing runs leave open, and what they would cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from study.audit.bridges import TESTED_FOR
from study.audit.files import Audit
from study.audit.results import audit
from study.evaluation.summary import summarise
from study.evaluation.tables import epochs_table
from study.inspection.partial import read_complete_runs, right_of
from study.inspection.study import InspectedStudy
from study.inspection.units import format_seconds
from study.plan.experiment_specs import BridgeSpec


@dataclass(frozen=True)
class Open:
    """A claim or an effect that the existing seeds do not decide."""

    what: str
    arms: tuple[str, ...]
    """The arms whose runs decide it."""
    seeds: int
    """Number of existing seeds common to these arms."""
    fewest: int | None
    """Seeds that would decide it if runs vary as little as the existing ones allow; None means over 100."""
    most: int | None
    """The same if they vary as much; None means over 100."""
    never: bool
    """Whether no number of seeds decides it."""


@dataclass(frozen=True)
class SeedPlan:
    """What is open, and how long a run of each arm takes."""

    undecided: Sequence[Open]
    without_spread: Sequence[str]
    """Claims and effects with collapsed runs, or fewer than two: nothing can be said about more seeds."""
    decided: int
    seconds: Mapping[str, float]
    """Time of one training, by arm, from the existing runs."""


def plan_seeds(study: InspectedStudy) -> SeedPlan:
    """Judge the complete runs of a study and find what is open; raise StudyError if there is no complete run."""
    partial = read_complete_runs(study)
    summary = summarise(partial.spec, partial.results)
    found = audit(partial.audit, summary, epochs_table(partial.results), right_of(study, partial))
    arms = [*summary["arms"], *summary["experiments"]]
    return seed_plan(found, {arm["name"]: arm["statistics"]["seconds"]["mean"] for arm in arms}, partial.audit.bridges)


def seed_plan(found: Audit, seconds: Mapping[str, float], bridges: Iterable[BridgeSpec]) -> SeedPlan:
    """Return what an audit leaves open; ``seconds`` is the time of one training, by arm."""
    undecided: list[Open] = []
    without_spread: list[str] = []
    decided = 0
    between = {bridge.name: bridge.arms for bridge in bridges}
    for item in found.claims:
        needed, evidence = item["evidence"].get("seeds_needed"), item["evidence"]
        if item["verdict"] in ("supported", "contradicted", "compatible", "incompatible"):
            decided += 1
        elif needed is not None:
            own, experiment = tuple(evidence.get("arms", ())), evidence.get("experiment")
            arms = tuple(dict.fromkeys((*own, *(between[experiment["bridge"]] if experiment else ()))))
            seeds = min((_seeds(found, arm) for arm in own), default=0)
            undecided.append(Open(f"claim {item['id']}", arms, seeds, **needed))
        elif item["reason"] in ("no_spread", "collapsed_runs"):
            without_spread.append(f"claim {item['id']}")
    rows = found.bridges[(found.bridges["runs"] == "all") & found.bridges["part"].isin(TESTED_FOR)]
    # The interaction of two steps is the same number for both of them.
    rows = rows[~(rows["part"].eq("interaction") & rows.duplicated(["bridge", "part", "effect"]))]
    for number in rows.index:
        row = rows.loc[number]
        what = f"bridge {row['bridge']}: {_effect(row)}"
        if row["p_holm"] < 1 - row["confidence"]:
            decided += 1
        elif pd.isna(row["seeds_never"]):
            without_spread.append(what)
        else:
            fewest, most = (None if pd.isna(row[key]) else int(row[key]) for key in ("seeds_fewest", "seeds_most"))
            arms, never = between[row["bridge"]], bool(row["seeds_never"])
            undecided.append(Open(what, arms, int(row["seeds"]), fewest, most, never))
    return SeedPlan(undecided, without_spread, decided, seconds)


def _seeds(found: Audit, arm: str) -> int:
    rows = found.intervals[(found.intervals["arm"] == arm) & (found.intervals["runs"] == "all")]
    return int(rows["seeds"].iloc[0]) if len(rows) else 0


def _effect(row: "pd.Series[Any]") -> str:
    where = {"gap": "the whole gap", "from_start": "{} from the start", "from_end": "{} from the end"}
    return where.get(row["part"], "{}: interaction").format(row["step"])


def sentences(plan: SeedPlan) -> list[str]:
    """Return the plan in sentences, one per line."""
    lines = [_sentence(item, plan.seconds) for item in plan.undecided if not item.never]
    never = [item.what for item in plan.undecided if item.never]
    if never:
        lines.append(f"No number of seeds decides: {'; '.join(never)}. More test images would.")
    if plan.without_spread:
        lines.append(
            f"Not known, because runs collapsed or fewer than two are there: {'; '.join(plan.without_spread)}. Run at "
            "least two seeds (study.seeds), and see the report for runs that did not learn."
        )
    lines.append(f"Decided by the runs at hand: {plan.decided}; undecided: {len(plan.undecided)}.")
    return lines


def _sentence(item: Open, seconds: Mapping[str, float]) -> str:
    one_more = sum(seconds.get(arm, 0.0) for arm in item.arms)
    if item.fewest is None:
        return f"{item.what}: more than 100 seeds would be needed ({item.seeds} are there)"
    times = [format_seconds((count - item.seeds) * one_more) for count in (item.fewest, item.most) if count is not None]
    seeds = f"{item.fewest}" if item.most == item.fewest else f"{item.fewest} to {item.most or 'over 100'}"
    cost = times[0] if len(set(times)) == 1 else f"{times[0]} to {times[1]}"
    cost = f"at least {cost}" if item.most is None else cost
    return (
        f"{item.what}: {seeds} seeds would decide it ({item.seeds} are there); for {len(item.arms)} arms, the "
        f"further ones take {cost}, one after the other"
    )
