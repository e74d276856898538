"""An audit: all claims of a study, judged by its results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import zip_longest
from typing import Any

import pandas as pd

from study.audit.arms import AuditArm, Bools, audit_arms
from study.audit.bridges import BRIDGE_COLUMNS, bridge_rows
from study.audit.causes import Certificates, Experimented
from study.audit.cohort import Position, positions, team_figures
from study.audit.controls import CONTROL_COLUMNS, control_rows
from study.audit.fidelity import make_bench
from study.audit.files import Audit
from study.audit.intervals import Interval, crossed_mean, mean_interval
from study.audit.quantities import identify
from study.audit.relations import Trial
from study.audit.spec import AuditSpec
from study.audit.verdicts import Case, Experiments, Families, families, hold_cases, judge
from study.config.document import Curves, DocumentData

COMPARISON_COLUMNS = (
    "arm",
    "other",
    "runs",
    "seeds",
    "difference",
    "these_images_low",
    "these_images_high",
    "new_images_low",
    "new_images_high",
    "p",
    "p_holm",
    "equivalence_p",
    "beyond_p",
    "margin_p_holm",
    "equivalence_power",
    "confounded_by",
)


def audit(
    spec: AuditSpec,
    summary: Mapping[str, Any],
    epochs: pd.DataFrame,
    correct: Mapping[tuple[str, int], Bools],
    certificates: Certificates = (),
) -> Audit:
    """Judge all claims by a study's results.

    ``summary`` is what ``evaluation.summary.summarise`` gives, ``epochs`` the table of all epochs, and ``correct``
    says of every run, by arm and seed, which test images it classified rightly: bool [images] each. ``certificates``
    are the findings of all certificates of parity.
    """
    trained = audit_arms(summary, epochs, correct)
    by_name = {arm.name: arm for arm in trained}
    arms = trained[: len(summary["arms"])]
    bench = make_bench(arms, spec.claims, DocumentData.model_validate(summary["document"]["data"]))
    claims = spec.claims.claims
    experiments = Experiments({bridge.name: bridge for bridge in spec.bridges}, by_name, certificates)
    cases = hold_cases(claims, bench, spec.evaluation, experiments)
    findings = judge(claims, cases, spec.evaluation)
    return Audit(
        claims=[
            {"id": claim.id, **asdict(findings[claim.id]), "claim": claim.model_dump(mode="json")} for claim in claims
        ],
        quantities=[
            {"id": item.claim.id, **asdict(item) | {"claim": item.claim.model_dump(mode="json")}}
            for item in identify(spec.claims, bench)
        ],
        comparisons=_comparisons(
            _trials(cases.values()),
            families(claims, cases, spec.evaluation),
            {frozenset(pair["arms"]): "; ".join(pair["by"]) for pair in summary["confounded"]},
        ),
        intervals=pd.DataFrame([row for arm in arms for row in _interval_rows(arm, spec.evaluation.confidence)]),
        bridges=pd.DataFrame(
            [row for bridge in spec.bridges for row in bridge_rows(bridge, by_name, spec.evaluation)],
            columns=BRIDGE_COLUMNS,
        ),
        controls=pd.DataFrame(
            [
                row
                for control in spec.controls
                for row in control_rows(control, by_name, spec.claims.curves, spec.evaluation)
            ],
            columns=CONTROL_COLUMNS,
        ),
        cohort=pd.DataFrame(
            positions(spec.cohort, spec.claims, bench), columns=[item.name for item in fields(Position)]
        ),
        teams=pd.DataFrame(team_figures(spec.cohort), columns=["section", "team", "test_accuracy"]),
        curves=pd.DataFrame(
            [row for section, curves in spec.claims.curves.items() for row in _curve_rows(section, curves)],
            columns=["section", "epoch", *Curves.model_fields],
        ),
    )


def _trials(cases: Iterable[Case]) -> list[Trial]:
    trials = (case.trial if isinstance(case, Experimented) else case for case in cases)
    return [case for case in trials if isinstance(case, Trial)]


def _comparisons(trials: Sequence[Trial], adjusted: Families, confounded: Mapping[frozenset[str], str]) -> pd.DataFrame:
    rows = {
        (trial.pair, runs): {
            "arm": trial.arms[0].name,
            "other": trial.arms[1].name,
            "runs": runs,
            "seeds": found.seeds,
            "difference": found.difference,
            **_ends("these_images", found.these_images),
            **_ends("new_images", found.new_images),
            "p": found.p,
            "p_holm": adjusted.orders.adjusted.get(trial.pair),
            "equivalence_p": found.equivalence_p,
            "beyond_p": found.beyond_p,
            "margin_p_holm": adjusted.equivalences.adjusted.get(trial.pair),
            "equivalence_power": found.equivalence_power,
            "confounded_by": confounded.get(frozenset(trial.pair), ""),
        }
        for trial in trials
        for runs, found in (("all", trial.all_runs), ("learned", trial.learned))
        if found is not None
    }
    return pd.DataFrame(rows.values(), columns=COMPARISON_COLUMNS)


def _interval_rows(arm: AuditArm, confidence: float) -> list[dict[str, Any]]:
    rows = []
    for runs, chosen in (("all", arm), ("learned", arm.learned())):
        if chosen.seeds:
            accuracies = chosen.correct.mean(axis=1)
            crossed = crossed_mean(chosen.correct)
            intervals = {
                "these_images": mean_interval(accuracies, confidence),
                "new_images": crossed.interval(confidence) if crossed else None,
            }
            ends = {
                name: value
                for kind, interval in intervals.items()
                for name, value in _ends(kind, interval.within(0, 1) if interval else None).items()
            }
            rows.append(
                {
                    "arm": arm.name,
                    "runs": runs,
                    "confidence": confidence,
                    "seeds": len(accuracies),
                    "collapsed": arm.collapsed,
                    "mean": float(accuracies.mean()),
                    **ends,
                }
            )
    return rows


def _curve_rows(section: str, curves: Curves) -> list[dict[str, Any]]:
    columns = {name: values for name, values in curves.model_dump().items() if values}
    return [
        {"section": section, "epoch": number, **dict(zip(columns, values, strict=True))}
        for number, values in enumerate(zip_longest(*columns.values()), start=1)
    ]


def _ends(name: str, interval: Interval | None) -> dict[str, float | None]:
    low, high = interval if interval is not None else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
