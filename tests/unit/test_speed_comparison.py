from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from performance.speed.arithmetic import Layer, least_bytes, least_flops
from performance.speed.machine import Usage
from performance.speed.measuring import in_turn
from performance.speed.ours import Visits, frozen_part, read_study
from performance.speed.processes import start
from performance.speed.results import Limits, Measured, Rates, arm_result, study_ratio, tables
from performance.speed.sides import Call, Timed, in_batches, warm

CONV = Layer(weights=75, parameters=80, positions=100, trainable=True)
DENSE = Layer(weights=500, parameters=510, positions=1, trainable=True)
FROZEN_CONV = Layer(weights=75, parameters=80, positions=100, trainable=False)
LIMITS = Limits({"float32": 1e12, "bfloat16": 2e12}, bytes_per_second=1e10)


def measured(train: float, precision: str = "float32", extract: float | None = None) -> Measured:
    """Training at so many images per second, scoring at twice that."""
    rates = Rates(train, 2 * train, extract)
    return Measured(rates, "a processor", precision, batch_size=50, flops=10**9, bytes=10**8, peak_mb=900.0)


def entry(ours: float = 200.0, notebook: float = 50.0) -> dict[str, object]:
    ways = (measured(ours, "bfloat16"), measured(ours / 2), measured(notebook))
    return arm_result(*ways, notebook_kept=60.0, resize=700.0, limits=LIMITS)


def test_the_first_trainable_layer_needs_no_gradient_of_its_inputs() -> None:
    assert least_flops([CONV, DENSE]) == 2 * (75 * 100 * 2 + 500 * 3)


def test_a_frozen_beginning_is_computed_forward_only() -> None:
    assert least_flops([FROZEN_CONV, DENSE]) == 2 * (75 * 100 + 500 * 2)


def test_a_frozen_layer_after_a_trainable_one_passes_its_gradient_on() -> None:
    assert least_flops([DENSE, FROZEN_CONV]) == 2 * (500 * 2 + 75 * 100 * 2)


def test_adam_moves_eight_floats_a_parameter_and_a_frozen_parameter_is_read() -> None:
    assert least_bytes([FROZEN_CONV, DENSE]) == 4 * (80 + 8 * 510)


def test_an_arms_minutes_are_ten_epochs_with_scoring() -> None:
    assert Rates(train=500, score=1000).arm_minutes == pytest.approx(10 * (100 + 10) / 60)


def test_features_are_counted_in_full_once() -> None:
    assert Rates(train=500, score=1000, extract=100).arm_minutes == pytest.approx((10 * (100 + 10) + 600) / 60)


def test_an_arms_entry_compares_minutes_and_times_of_a_step() -> None:
    found = entry()
    assert found["ratio"] == pytest.approx(4)
    assert found["ratio_equal_precision"] == pytest.approx(2)
    assert found["least_arithmetic_ms"] == pytest.approx(25)  # 50 images of 1 GFLOP at 2 TFLOP/s
    assert found["step_ms"] == pytest.approx(250)
    assert found["share_of_limit"] == pytest.approx(0.1)
    assert found["notebook_share_of_limit"] == pytest.approx(0.05)
    assert found["least_memory_ms"] == pytest.approx(10)


def test_an_arms_entry_has_what_is_compared_over_time() -> None:
    assert {
        "ours_images_per_second",
        "notebook_images_per_second",
        "ours_arm_minutes",
        "notebook_arm_minutes",
        "ratio",
        "ratio_equal_precision",
        "ours_peak_mb",
        "share_of_limit",
        "notebook_share_of_limit",
    } <= entry().keys()


def test_the_studys_ratio_weighs_arms_by_their_minutes() -> None:
    arms = {"slow": entry(ours=10, notebook=5), "fast": entry(ours=1000, notebook=100)}
    assert study_ratio(arms) == pytest.approx((1 / 5 + 1 / 100) / (1 / 10 + 1 / 1000))


def test_tables_name_every_arm_and_limit_in_aligned_columns() -> None:
    text = tables({"one": entry(), "another": entry()}, {"pytorch": LIMITS})
    for table in text.split("\n\n"):
        lines = table.split("\n")
        assert len({len(line) for line in lines}) == 1
    assert text.count("another ") == 3
    assert "bfloat16" in text
    assert "4.00" in text


def test_work_is_whole_batches_and_at_least_one() -> None:
    assert [in_batches(images, 64) for images in (1, 64, 130)] == [1, 1, 2]


def test_visits_begin_again_when_an_order_ends() -> None:
    visits = Visits(np.array([4, 0, 3, 1, 2]), batch=2)
    assert visits.next(2).tolist() == [4, 0, 3, 1]
    assert visits.next(1).tolist() == [2, 4]


def test_a_batch_goes_by_untimed_before_work_is_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    monkeypatch.setattr("performance.speed.sides.time.perf_counter", lambda: 10.0 * sum(done))
    timed = warm(done.append, 64)(130)
    assert done == [1, 2]
    assert timed == Timed(work=128, seconds=20.0)


def test_only_arms_with_a_frozen_beginning_take_features() -> None:
    study = read_study("auto")
    assert [arm for arm in study.study.arms if frozen_part(study, arm)] == [
        "pretrained_pytorch",
        "pretrained_tensorflow",
    ]
    assert {study.run_spec(arm, 0).precision for arm in study.study.arms} == {"auto"}


@dataclass
class Recorder:
    """Stands for processes that each take a second for whatever they do."""

    done: list[tuple[str, int]] = field(default_factory=list)

    def do(self, task: str, amount: int) -> Timed:
        self.done.append((task, amount))
        return Timed(amount, 1.0)


def test_tasks_are_done_in_turn_after_warming_up() -> None:
    recorder = Recorder()
    found = in_turn({"a": recorder, "b": recorder}, [("a", "x", 30), ("b", "y", 40)], turns=2, title="arm")  # type: ignore[dict-item]
    assert recorder.done == [("x", 1), ("y", 1), ("x", 30), ("y", 40), ("x", 30), ("y", 40)]
    assert found == {("a", "x"): [30, 30], ("b", "y"): [40, 40]}


def test_other_work_is_what_neither_this_process_nor_its_children_did() -> None:
    before, after = Usage(elapsed=10, all=100, own=5), Usage(elapsed=20, all=117, own=17)
    assert after.others_since(before) == pytest.approx(0.5)


def test_a_process_that_ends_is_shown_with_its_error() -> None:
    with start(Call("limits", "nothing", "", "", Path("."))) as process, pytest.raises(SystemExit) as ended:
        process.do("copy", 1)
    assert "performance.speed.limits_nothing" in str(ended.value)
