"""Which figures a study has: known from its arms and bridges alone, before anything is drawn."""

from collections.abc import Iterable, Mapping

OF_STUDY = ("samples", "accuracy", "calibration", "classes", "time", "wrong")
"""Figures that show all arms."""
OF_ARM = ("curves", "confusion", "filters")
"""Figures of one arm; no filters where nothing is convolved."""
OF_BRIDGE = "waterfall"
"""The figure of a bridge."""


def figure_name(figure: str, of: str | None = None) -> str:
    """The name of a figure's files, without ending; ``of`` is the arm or bridge that it shows."""
    return figure if of is None else f"{figure}-{of}"


def figure_names(arms: Mapping[str, bool], bridges: Iterable[str] = ()) -> list[str]:
    """All figures of a study; ``arms`` says of each arm whether it has filters, ``bridges`` are the names of all."""
    return [
        *OF_STUDY,
        *(figure_name(figure, arm) for figure in OF_ARM for arm in arms if _has(figure, arms[arm])),
        *(figure_name(OF_BRIDGE, bridge) for bridge in bridges),
    ]


def figure_files(names: Iterable[str]) -> list[str]:
    """Return the drawing and the data of each figure."""
    return [f"{name}.{ending}" for name in names for ending in ("svg", "csv")]


def _has(figure: str, has_filters: bool) -> bool:
    return figure != "filters" or has_filters
