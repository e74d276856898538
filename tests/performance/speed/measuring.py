"""Measuring a framework's arms and limits: processes beside each other, which work in turn."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from performance.speed.processes import Process, start
from performance.speed.results import Limits, Measured, Rates, arm_result
from performance.speed.sides import Call


@dataclass(frozen=True)
class Effort:
    """How much is timed."""

    turns: int
    """How often each task is timed."""
    train: int
    """Images per turn, as are the next two, all rounded to whole batches."""
    score: int
    resize: int
    repeats: int
    """Of a product, a convolution or a copy, per turn."""


QUICK = Effort(turns=3, train=192, score=128, resize=512, repeats=1)
FULL = Effort(turns=7, train=640, score=1000, resize=2000, repeats=3)

PRECISIONS = {"ours": "auto", "ours_float32": "float32", "notebook": "float32"}
"""Of the ways in which every arm is measured."""

Found = dict[tuple[str, str], list[float]]
"""Rates by process and task, one per turn."""


def measure(framework: str, arms: Sequence[str], images: Path, effort: Effort) -> tuple[dict[str, Any], Limits]:
    """The entries of a framework's arms in the JSON file, and its limits."""
    measured, found = {}, {}
    with start(Call("limits", framework, "", "", images)) as limits_process:
        for arm in arms:
            measured[arm], found[arm] = _measure_arm(framework, arm, images, effort, limits_process)
    limits = _limits(found.values())
    resize = {arm: median(rates["notebook", "resize"]) for arm, rates in found.items()}
    return {arm: arm_result(**measured[arm], resize=resize[arm], limits=limits) for arm in arms}, limits


def _measure_arm(
    framework: str, arm: str, images: Path, effort: Effort, limits_process: Process
) -> tuple[dict[str, Measured], Found]:
    with ExitStack() as stack:
        ways = {
            way: stack.enter_context(start(Call(way.partition("_")[0], framework, arm, precision, images)))
            for way, precision in PRECISIONS.items()
        }
        tasks = [
            (way, task, amount) for way in ways for task, amount in (("train", effort.train), ("score", effort.score))
        ]
        tasks.append(("notebook", "resize", effort.resize))
        used = dict.fromkeys(process.facts()["precision"] for process in ways.values())
        products = [f"{product}:{precision}" for precision in used for product in ("product", "convolution")]
        tasks += [("limits", task, effort.repeats) for task in (*products, "copy")]
        found = in_turn(ways | {"limits": limits_process}, tasks, effort.turns)
        measured = {
            way: Measured(Rates(median(found[way, "train"]), median(found[way, "score"])), **process.facts())
            for way, process in ways.items()
        }
    return measured, found


def _limits(found: Iterable[Found]) -> Limits:
    """The best of all turns, and of product and convolution."""
    flops: dict[str, float] = {}
    copied = 0.0
    for rates in found:
        for (process, task), values in rates.items():
            if process != "limits":
                continue
            _, _, precision = task.partition(":")
            if precision:
                flops[precision] = max(flops.get(precision, 0.0), *values)
            else:
                copied = max(copied, *values)
    return Limits(flops, copied)


def in_turn(processes: Mapping[str, Process], tasks: Sequence[tuple[str, str, int]], turns: int) -> Found:
    """Do all tasks once to warm up, and then in each turn; a task is of a process, and of so much."""
    for name, task, _ in tasks:
        processes[name].do(task, 1)
    found: Found = {(name, task): [] for name, task, _ in tasks}
    for _ in range(turns):
        for name, task, amount in tasks:
            found[name, task].append(processes[name].do(task, amount).rate)
    return found
