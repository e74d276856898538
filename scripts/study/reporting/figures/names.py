"""Which figures a study has, known from its arms alone before anything is drawn."""

from collections.abc import Iterable, Mapping

OF_STUDY = ("samples", "accuracy", "calibration", "classes", "time", "wrong")
"""Figures that show all arms."""
OF_ARM = ("curves", "confusion", "filters")
"""Figures of one arm; no filters if nothing is convolved."""


def figure_name(figure: str, arm: str | None = None) -> str:
    """Return the name of a figure's files, without extension."""
    return figure if arm is None else f"{figure}-{arm}"


def figure_names(arms: Mapping[str, bool]) -> list[str]:
    """Return the names of all figures of a study; ``arms`` says for each arm whether it has filters."""
    return [*OF_STUDY, *(figure_name(figure, arm) for figure in OF_ARM for arm in arms if _has(figure, arms[arm]))]


def figure_files(names: Iterable[str]) -> list[str]:
    """Return the drawing and the data of each figure."""
    return [f"{name}.{ending}" for name in names for ending in ("svg", "csv")]


def _has(figure: str, has_filters: bool) -> bool:
    return figure != "filters" or has_filters
