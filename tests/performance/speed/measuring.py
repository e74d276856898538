"""Measuring a framework's arms and limits, in several processes that take turns."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tqdm import tqdm

from performance.speed.ours import frozen_part, read_study
from performance.speed.processes import KEPT_MEMORY, Process, start
from performance.speed.results import Limits, Measured, Rates, arm_result
from performance.speed.sides import Call


@dataclass(frozen=True)
class Effort:
    """How much is timed."""

    turns: int
    """How often each task is timed."""
    images: Mapping[str, int]
    """By task, per turn; rounded to whole batches."""
    repeats: int
    """Rates of a product, a convolution or a copy, per turn."""


QUICK = Effort(turns=3, images={"train": 128, "score": 64, "extract": 250, "resize": 256}, repeats=1)
FULL = Effort(turns=7, images={"train": 640, "score": 1000, "extract": 500, "resize": 2000}, repeats=3)

OURS = {"ours": "auto", "ours_float32": "float32"}
"""Implementations that every arm is measured with, besides the notebook's, and their precisions."""

KEPT = "notebook_kept"
"""The notebook's way once more, in a process that keeps freed memory; in TensorFlow that makes no difference."""

Found = dict[tuple[str, str], list[float]]
"""Rates by process and task, one per turn."""


def measure(
    framework: str, arms: Sequence[str], images: Path, effort: Effort
) -> tuple[dict[str, dict[str, Any]], Limits]:
    """The entries of a framework's arms in the JSON file, and its limits; ``images`` is the cache's folder."""
    with start(Call("limits", framework, "", "", images)) as limits_process:
        measured = {arm: _measure_arm(framework, arm, images, effort, limits_process) for arm in arms}
    limits = _limits(found for _, found in measured.values())
    entries = {
        arm: arm_result(
            **ways,
            notebook_kept=median(found[KEPT, "train"]) if (KEPT, "train") in found else None,
            resize=median(found["notebook", "resize"]),
            limits=limits,
        )
        for arm, (ways, found) in measured.items()
    }
    return entries, limits


def _measure_arm(
    framework: str, arm: str, images: Path, effort: Effort, limits_process: Process
) -> tuple[dict[str, Measured], Found]:
    has_features = frozen_part(read_study("auto"), arm) is not None
    processes = {"limits": limits_process}
    with ExitStack() as stack:

        def begin(name: str, side: str, precision: str, features: Path | None = None) -> dict[str, Any]:
            environment = KEPT_MEMORY if name == KEPT else {}
            process = stack.enter_context(start(Call(side, framework, arm, precision, images, features), environment))
            processes[name] = process
            return process.facts()  # waits until it is ready

        facts = [begin("notebook", "notebook", "float32")]
        if framework == "pytorch":
            begin(KEPT, "notebook", "float32")
        for way, precision in OURS.items():
            features = images / f"features-{arm}-{precision}" if has_features else None
            if features:
                begin(f"extract_{way}", "extract", precision, features)
            facts.append(begin(way, "ours", precision, features))
        found = in_turn(processes, _tasks(processes, {one["precision"] for one in facts}, effort), effort.turns, arm)
        ways = {way: Measured(_rates(found, way), **processes[way].facts()) for way in ("notebook", *OURS)}
    return ways, found


def _tasks(processes: Iterable[str], precisions: Iterable[str], effort: Effort) -> list[tuple[str, str, int]]:
    """All that is timed: the process, the task, how much per turn."""
    tasks = []
    for name in processes:
        if name == "limits":
            products = [f"{product}:{p}" for p in sorted(precisions) for product in ("product", "convolution")]
            tasks += [(name, task, effort.repeats) for task in (*products, "copy")]
            continue
        own = ("extract",) if name.startswith("extract") else ("train",) if name == KEPT else ("train", "score")
        own += ("resize",) if name == "notebook" else ()
        tasks += [(name, task, effort.images[task]) for task in own]
    return tasks


def in_turn(processes: Mapping[str, Process], tasks: Sequence[tuple[str, str, int]], turns: int, title: str) -> Found:
    """Do all tasks once to warm up, and then in each turn; a task is of a process, and of so much."""
    for name, task, _ in tasks:
        processes[name].do(task, 1)
    found: Found = {(name, task): [] for name, task, _ in tasks}
    for _ in tqdm(range(turns), title, unit="turn"):
        for name, task, amount in tasks:
            found[name, task].append(processes[name].do(task, amount).rate)
    return found


def _rates(found: Found, way: str) -> Rates:
    extract = found.get((f"extract_{way}", "extract"))
    return Rates(median(found[way, "train"]), median(found[way, "score"]), median(extract) if extract else None)


def _limits(found: Iterable[Found]) -> Limits:
    """The best of all turns, and of product and convolution."""
    flops: dict[str, float] = {}
    copied = 0.0
    for rates in found:
        for (process, task), values in rates.items():
            if process == "limits" and task == "copy":
                copied = max(copied, *values)
            elif process == "limits":
                precision = task.partition(":")[2]
                flops[precision] = max(flops.get(precision, 0.0), *values)
    return Limits(flops, copied)
