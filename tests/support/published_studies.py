"""What publishing remembers of a study, with chosen numbers and verdicts."""

from collections.abc import Sequence
from typing import Any


def published(
    name: str = "a",
    mean: float = 0.6,
    sd: float | None = 0.01,
    n: int = 3,
    verdict: str = "supported",
    rate: float = 0.001,
    arms: Sequence[str] = ("one",),
) -> dict[str, Any]:
    return {
        "summary": name,
        "audit": name,
        "arms": {
            arm: {
                "settings": {"optimiser": {"learning_rate": rate}, "epochs": 10},
                "seeds": list(range(n)),
                "numbers": {"test_accuracy": {"n": n, "mean": mean, "sd": sd}},
            }
            for arm in arms
        },
        "verdicts": {"claim": {"verdict": verdict, "statement": {"es": "A supera a B.", "en": "A beats B."}}},
    }
