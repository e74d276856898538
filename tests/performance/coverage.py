"""Print how often the audit is right, over simulated studies: `python tests/performance/coverage.py`.

First how often the 95 % intervals hold the truth and equal arms are told apart, then how often whole studies, in which
all claims are true, get a false answer.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from performance.simulated import easy, recipe
from performance.whole_studies import false_answers
from study.audit.intervals import Interval, crossed_mean, mean_interval

SEEDS = (2, 3, 5, 10)
DEVIATIONS = (0.5, 1.5, 4.0)
"""Standard deviation of an arm's accuracy over seeds, in percentage points."""
MIDDLE = 1.5
"""Deviation of the whole studies; as these take longer, there are a quarter as many."""
ACCURACIES = (0.80, 0.78)
"""For an arm, and for the arm it is compared with."""
CONFIDENCE = 0.95


def covered(
    seeds: int, points: float, studies: int, images: int, generator: np.random.Generator
) -> Iterator[tuple[bool, bool, bool, bool]]:
    """Per study, whether the intervals for these images, new images and a difference for new images hold the truth.

    And whether two arms of the same recipe are told apart, by p of their difference.
    """
    arm, other = (recipe(accuracy, points) for accuracy in ACCURACIES)
    for _ in range(studies):
        ease = easy(images, generator)
        right, others, again = (one.runs(ease, seeds, generator) for one in (arm, other, arm))
        crossed = crossed_mean(right)
        difference = crossed_mean(right.astype(np.int8) - others.astype(np.int8))
        equal = crossed_mean(right.astype(np.int8) - again.astype(np.int8))
        yield (
            holds(mean_interval(right.mean(axis=1), CONFIDENCE), arm.expected(ease.astype(np.float64))),
            holds(crossed.interval(CONFIDENCE) if crossed else None, arm.accuracy),
            holds(difference.interval(CONFIDENCE) if difference else None, arm.accuracy - other.accuracy),
            equal is not None and equal.p < 1 - CONFIDENCE,
        )


def holds(interval: Interval | None, truth: float) -> bool:
    """Whether the truth is in the interval; without an interval it is not."""
    return interval is not None and interval.low <= truth <= interval.high


def coverage(seeds: int, points: float, studies: int, images: int) -> npt.NDArray[np.float64]:
    """Shares of studies, float64 [4], in the order of ``covered``."""
    generator = np.random.default_rng([seeds, round(100 * points), studies, images])
    return np.mean(list(covered(seeds, points, studies, images, generator)), axis=0)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000, help="simulated studies per row (default: 2000)")
    parser.add_argument("--images", type=int, default=10_000, help="test images of a study (default: 10000)")
    arguments = parser.parse_args()
    rows = [(seeds, points, arguments.studies, arguments.images) for seeds in SEEDS for points in DEVIATIONS]
    print("| seeds | deviation, points | these images | new images | difference, new images | equal arms told apart |")
    print("|--:|--:|--:|--:|--:|--:|")
    for row in rows:
        print_row(row, coverage(*row))
    print("\n| seeds | deviation, points | a figure is incompatible | equal arms are told apart | any false answer |")
    print("|--:|--:|--:|--:|--:|")
    for seeds in SEEDS:
        row = (seeds, MIDDLE, max(1, arguments.studies // 4), arguments.images)
        print_row(row, false_answers(*row))


def print_row(row: tuple[int, float, int, int], shares: npt.NDArray[np.float64]) -> None:
    """One line of a Markdown table; the shares are printed in percent."""
    cells = [*map(str, row[:2]), *(f"{100 * share:.1f} %" for share in shares)]
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
