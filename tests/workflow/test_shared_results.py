"""Two commands on one results folder: the second ends at once and names the first; what looks only is let through."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.quick_study import Study, quick_study, share_results
from support.stopping import Gate
from support.waiting import wait_until


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return quick_study(tmp_path_factory.mktemp("trained") / "copy")


@pytest.fixture
def two(trained: Study, tmp_path: Path) -> Iterator[tuple[Study, Study, Gate]]:
    """A study, the same one in another folder with the same results, and a gate."""
    one = Study(trained.workflow.copy(tmp_path / "one"))
    yield one, share_results(one, tmp_path / "two"), Gate(tmp_path / "gate")
    shutil.rmtree(tmp_path)


def test_a_second_command_ends_at_once_with_the_first_ones_name(two: tuple[Study, Study, Gate]) -> None:
    one, other, gate = two
    before = one.trained
    first = one.start(gate, "-R", "train_pytorch")
    gate.wait()
    sentence = f"error: results/tiny is held by the snakemake process {first.pid} on "
    made = {path: path.stat().st_mtime_ns for path in one.workflow.store.rglob("*") if path.is_file()}
    for arguments in (("-R", "train_pytorch"), ("-R", "preprocess"), ("--delete-all-output",)):
        refused = other.snakemake(*arguments)
        assert refused.returncode == 1
        assert sentence in refused.stderr
        assert f" in {one.workflow.root};" in refused.stderr
        assert "Traceback" not in refused.stderr
    for arguments in (("--dry-run", "-F"), ("--unlock",), ("--summary",), ("--delete-all-output", "--dry-run")):
        assert other.snakemake(*arguments).returncode == 0, arguments
    assert {path: path.stat().st_mtime_ns for path in one.workflow.store.rglob("*") if path.is_file()} == made
    gate.open()
    assert first.wait() == 0
    assert one.trained == before + 1
    assert not list((one.workflow.results / "work").glob("holder.*"))
    then = other.snakemake("-R", "train_pytorch")
    assert then.returncode == 0, then.stderr
    assert one.trained == before + 2


def test_after_a_kill_the_command_in_another_folder_goes_on_and_unlocks_nothing(two: tuple[Study, Study, Gate]) -> None:
    one, other, gate = two
    before = one.trained
    first = one.start(gate, "-R", "train_pytorch")
    gate.wait()
    first.kill()
    first.wait()
    # The training itself lives on to its end; the second command's waits for it and takes its result.
    second = other.start(Gate(gate.path.with_name("open")))
    rule_log = one.workflow.results / "logs" / "train" / f"{one.folder.name}.log"
    wait_until(lambda: rule_log.exists() and "waiting for process" in rule_log.read_text(), "a second training")
    gate.open()
    assert second.wait() == 0
    assert one.trained == before + 1
    assert {path.name for path in one.work.iterdir()} == {"train.log"}
