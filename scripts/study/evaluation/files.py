"""The files of a summary: written when all runs are combined, and read by the report."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from study.evaluation.gallery import make_gallery
from study.evaluation.results import ArmResult
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import arms_table, epochs_table, runs_table
from study.store.files import write_text
from study.store.parameters import Arrays, read_parameters, write_parameters


@dataclass(frozen=True)
class Summary:
    """A summary as the report reads it."""

    content: dict[str, Any]
    """What ``summarise`` returns, with the test sets of the gallery as ``test_sets``."""
    parity: list[dict[str, Any]]
    """Findings of all certificates."""
    epochs: pd.DataFrame
    images: pd.DataFrame
    guesses: pd.DataFrame
    pixels: Arrays
    """See ``gallery.Gallery``, also for the two tables above."""
    filters: Arrays
    """Kernels of the first convolution in each arm's first run: float32 [filters, height, width, 3]."""


def write_summary(
    folder: Path, spec: SummarySpec, results: Sequence[ArmResult], parity: Sequence[dict[str, Any]]
) -> None:
    """Write all files of a summary: all runs stand in the tables, and experiments in no picture."""
    gallery = make_gallery(results[: len(spec.arms)])
    tables = {
        "runs": runs_table(results),
        "arms": arms_table(results),
        "epochs": epochs_table(results),
        "images": gallery.images,
        "guesses": gallery.guesses,
    }
    for name, table in tables.items():
        write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    write_parameters(folder / "images.npz", gallery.pixels)
    write_parameters(folder / "filters.npz", {result.arm.name: result.filters for result in results[: len(spec.arms)]})
    for name, content in (
        ("parity", list(parity)),
        ("summary", {**summarise(spec, results), "test_sets": gallery.sets}),
    ):
        write_text(folder / f"{name}.json", json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def read_summary(file: Callable[[str], Path]) -> Summary:
    """Read what ``write_summary`` wrote; ``file`` returns the path of each file by name."""
    content, parity = (json.loads(file(f"{name}.json").read_text(encoding="utf-8")) for name in ("summary", "parity"))
    # A class may be called "None" or "1": names stay as they are.
    texts = {"class": str, "predicted": str}
    epochs, images, guesses = (
        pd.read_csv(file(f"{name}.csv"), dtype=texts, keep_default_na=name == "epochs")
        for name in ("epochs", "images", "guesses")
    )
    pixels, filters = (read_parameters(file(f"{name}.npz")) for name in ("images", "filters"))
    return Summary(content, parity, epochs, images, guesses, pixels, filters)
