"""Arms as an audit sees them, with chosen accuracies; and the study's own claims."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from study.audit.arms import AuditArm
from study.audit.fidelity import Bench, make_bench
from study.config.blocks import Evaluation
from study.config.claims import Claims
from study.config.document import DocumentData, Section, Source
from study.evaluation.facts import protocol_facts
from support.configured_arms import configured

CONFIG = Path(__file__).parents[1] / "config"
IMAGES = 2000
EVALUATION = Evaluation()


STUDY = configured()
CLAIMS = STUDY.claims
DATA: DocumentData = STUDY.document.data


def faithful_facts(section: Section, source: Source = "document") -> dict[str, Any]:
    return protocol_facts(CLAIMS.protocols[source][section], DATA)


def arm(
    section: Section | None,
    accuracies: Sequence[float],
    name: str | None = None,
    facts: Mapping[str, Any] | None = None,
    monitor: str = "test",
    collapsed: Sequence[int] = (),
    epochs: Mapping[int, Sequence[float]] | None = None,
    seeds: Sequence[int] | None = None,
    **quantities: Sequence[float],
) -> AuditArm:
    """Runs with seeds 0, 1, ..., or with those given; of the 2,000 test images, all arms find the same ones easy.

    ``collapsed`` are seeds; ``epochs`` are training and test accuracies of all runs by epoch; other quantities are by
    run, and like the test accuracy where they are not given.
    """
    seeds = range(len(accuracies)) if seeds is None else seeds
    runs = pd.DataFrame({"seed": seeds, "test_accuracy": accuracies, "collapsed": [s in collapsed for s in seeds]})
    for quantity in ("train_accuracy", "train_accuracy_seen", "best_monitor_accuracy"):
        runs[quantity] = quantities.get(quantity, accuracies)
    history = [
        {"seed": seed, "epoch": epoch, "train_accuracy": value, "monitor_accuracy": value}
        for epoch, values in (epochs or {}).items()
        for seed, value in zip(seeds, values, strict=True)
    ]
    return AuditArm(
        name=name or f"arm_{section}",
        section=section,
        facts=faithful_facts(section) if facts is None and section else dict(facts or {}),
        settings={"monitor": monitor},
        runs=runs.set_index("seed"),
        epochs=pd.DataFrame(history, columns=["seed", "epoch", "train_accuracy", "monitor_accuracy"]),
        chance=0.1,
        correct=np.stack([_correct(accuracy, seed, section) for seed, accuracy in zip(seeds, accuracies, strict=True)]),
    )


def _correct(accuracy: float, seed: int, section: Section | None) -> np.ndarray:
    ease = np.random.default_rng(0).normal(size=IMAGES)
    luck = np.random.default_rng([seed, int((section or "0").replace(".", ""))]).normal(size=IMAGES)
    right = np.zeros(IMAGES, dtype=bool)
    right[np.argsort(ease + luck)[IMAGES - round(accuracy * IMAGES) :]] = True
    return right


def bench(*arms: AuditArm, claims: Claims = CLAIMS) -> Bench:
    return make_bench(arms, claims, DATA)
