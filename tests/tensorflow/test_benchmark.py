from pathlib import Path

import pytest

from performance.speed.data import write_images
from performance.speed.processes import start
from performance.speed.sides import Call


@pytest.mark.parametrize("side", ["ours", "notebook"])
def test_the_benchmark_s_processes_work_and_say_what_they_are(side: str, tmp_path: Path) -> None:
    write_images(tmp_path)
    with start(Call(side, "tensorflow", "scratch_tensorflow", "float32", tmp_path)) as process:
        assert process.do("score", 1).rate > 0
        facts = process.facts()
    assert (facts["precision"], facts["batch_size"]) == ("float32", 64)
    assert facts["flops"] > 1e9
