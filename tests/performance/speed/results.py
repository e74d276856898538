"""From measured rates to an arm's minutes, ratios and shares of the machine's limit, as JSON and as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from performance.speed.data import TEST_IMAGES, TRAIN_IMAGES

EPOCHS = 10


@dataclass(frozen=True)
class Rates:
    """Images per second."""

    train: float
    score: float
    extract: float | None = None
    """Seconds to compute and write the features of a frozen part, if that is done once, before the epochs."""

    @property
    def arm_minutes(self) -> float:
        """An arm's epochs with a scoring of the test images after each, and the features of all images."""
        seconds = EPOCHS * (TRAIN_IMAGES / self.train + TEST_IMAGES / self.score)
        if self.extract is not None:
            seconds += (TRAIN_IMAGES + TEST_IMAGES) / self.extract
        return seconds / 60


@dataclass(frozen=True)
class Measured:
    """One way of training an arm."""

    rates: Rates
    device: str
    precision: str
    batch_size: int
    flops: int
    """Least operations to train on one image."""
    bytes: int
    """Least bytes to move in one step."""
    peak_mb: float


@dataclass(frozen=True)
class Limits:
    """What a framework reaches on this machine at best."""

    flops_per_second: Mapping[str, float]
    """By precision."""
    bytes_per_second: float

    def arithmetic_ms(self, measured: Measured) -> float:
        """Least milliseconds of arithmetic per training step."""
        return 1e3 * measured.batch_size * measured.flops / self.flops_per_second[measured.precision]

    def memory_ms(self, measured: Measured) -> float:
        """Least milliseconds of moving parameters, gradients and moments per training step."""
        return 1e3 * measured.bytes / self.bytes_per_second

    def share(self, measured: Measured) -> float:
        """Least time of arithmetic over the measured time."""
        return self.arithmetic_ms(measured) / step_ms(measured)


def step_ms(measured: Measured) -> float:
    """Measured milliseconds per training step."""
    return 1e3 * measured.batch_size / measured.rates.train


def arm_result(
    ours: Measured,
    ours_float32: Measured,
    notebook: Measured,
    notebook_kept: float | None,
    resize: float,
    limits: Limits,
) -> dict[str, Any]:
    """An arm's entry in the JSON file.

    In images per second: ``notebook_kept`` is the notebook's training where the process keeps freed memory, ``resize``
    the notebook's resize alone.
    """
    minutes = ours.rates.arm_minutes
    return {
        "ours_images_per_second": ours.rates.train,
        "notebook_images_per_second": notebook.rates.train,
        "ours_arm_minutes": minutes,
        "notebook_arm_minutes": notebook.rates.arm_minutes,
        "ratio": notebook.rates.arm_minutes / minutes,
        "ratio_equal_precision": notebook.rates.arm_minutes / ours_float32.rates.arm_minutes,
        "ours_peak_mb": ours.peak_mb,
        "notebook_peak_mb": notebook.peak_mb,
        "share_of_limit": limits.share(ours),
        "notebook_share_of_limit": limits.share(notebook),
        "device": ours.device,
        "precision": ours.precision,
        "float32_images_per_second": ours_float32.rates.train,
        "extract_images_per_second": ours.rates.extract,
        "float32_extract_images_per_second": ours_float32.rates.extract,
        "ours_score_images_per_second": ours.rates.score,
        "notebook_score_images_per_second": notebook.rates.score,
        "notebook_resize_images_per_second": resize,
        "notebook_kept_memory_images_per_second": notebook_kept,
        "least_gflop_per_image": ours.flops / 1e9,
        "notebook_least_gflop_per_image": notebook.flops / 1e9,
        "step_ms": step_ms(ours),
        "least_arithmetic_ms": limits.arithmetic_ms(ours),
        "least_memory_ms": limits.memory_ms(ours),
        "notebook_step_ms": step_ms(notebook),
        "notebook_least_arithmetic_ms": limits.arithmetic_ms(notebook),
        "notebook_least_memory_ms": limits.memory_ms(notebook),
    }


def study_ratio(arms: Mapping[str, Mapping[str, Any]]) -> float:
    """Minutes of all arms by the notebooks over ours."""
    return float(
        sum(arm["notebook_arm_minutes"] for arm in arms.values())
        / sum(arm["ours_arm_minutes"] for arm in arms.values())
    )


def tables(arms: Mapping[str, Mapping[str, Any]], limits: Mapping[str, Limits]) -> str:
    """All that a reader wants to see, as text."""
    parts = [
        _table(
            "arm|precision|images/s|notebook|arm min|notebook|ratio|ratio float32|peak MB|of limit|notebook",
            [
                [
                    name,
                    arm["precision"],
                    f"{arm['ours_images_per_second']:.0f}",
                    f"{arm['notebook_images_per_second']:.0f}",
                    f"{arm['ours_arm_minutes']:.0f}",
                    f"{arm['notebook_arm_minutes']:.0f}",
                    f"{arm['ratio']:.2f}",
                    f"{arm['ratio_equal_precision']:.2f}",
                    f"{arm['ours_peak_mb']:.0f}",
                    f"{arm['share_of_limit']:.0%}",
                    f"{arm['notebook_share_of_limit']:.0%}",
                ]
                for name, arm in arms.items()
            ],
        ),
        f"all arms measured: {study_ratio(arms):.2f} times the notebooks' speed",
        _table(
            "arm: ms a step|ours|least arithmetic|least memory|notebook|least arithmetic|least memory",
            [[name, *(f"{arm[key]:.0f}" for key in _STEP_KEYS)] for name, arm in arms.items()],
        ),
        _table(
            "arm: images/s|float32|scoring|features once|notebook scoring|its resize alone|keeping memory",
            [
                [name, *("-" if arm[key] is None else f"{arm[key]:.0f}" for key in _RATE_KEYS)]
                for name, arm in arms.items()
            ],
        ),
        _table(
            "limit|precision|GFLOP/s|memory GB/s",
            [
                [framework, precision, f"{rate / 1e9:.0f}", f"{limit.bytes_per_second / 1e9:.1f}"]
                for framework, limit in limits.items()
                for precision, rate in limit.flops_per_second.items()
            ],
        ),
    ]
    return "\n\n".join(parts)


_STEP_KEYS = (
    "step_ms",
    "least_arithmetic_ms",
    "least_memory_ms",
    "notebook_step_ms",
    "notebook_least_arithmetic_ms",
    "notebook_least_memory_ms",
)
_RATE_KEYS = (
    "float32_images_per_second",
    "ours_score_images_per_second",
    "extract_images_per_second",
    "notebook_score_images_per_second",
    "notebook_resize_images_per_second",
    "notebook_kept_memory_images_per_second",
)


def _table(head: str, rows: Sequence[Sequence[str]]) -> str:
    """Columns under their names, the first flush left."""
    lines = [head.split("|"), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
