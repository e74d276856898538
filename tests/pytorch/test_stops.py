"""A training that is killed and started again, in new processes, with the real framework."""

import signal
from pathlib import Path

import pytest

from support.paths import KILL_AT, ROOT
from support.stopping import Training, same, training

FRAMEWORK = "pytorch"


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """A training that was never stopped."""
    straight = training(FRAMEWORK, tmp_path_factory.mktemp("straight"))
    finished = straight.run()
    assert finished.returncode == 0, finished.stderr
    return straight


@pytest.mark.parametrize("number", [4, 9, 14, 30])
def test_killed_it_ends_as_if_never_stopped(number: int, reference: Training, tmp_path: Path) -> None:
    small = reference.elsewhere(tmp_path)
    killed = small.run(prefix=(KILL_AT, str(number), str(tmp_path)))
    assert killed.returncode == -signal.SIGKILL
    assert small.run().returncode == 0
    assert same(small.result(), reference.result())


def test_a_missing_framework_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    module = {"pytorch": "torch", "tensorflow": "tensorflow"}[FRAMEWORK]
    raising = f"raise ModuleNotFoundError('no', name='{module}')"
    (tmp_path / "hidden" / f"{module}.py").write_text(raising)
    lacking = training(FRAMEWORK, tmp_path).run(PYTHONPATH=f"{tmp_path}/hidden:{ROOT}/scripts")
    assert lacking.returncode == 1
    assert lacking.stderr == (
        f"error: {module} is not installed for this Python; install envs/{FRAMEWORK}.txt, as make envs does, "
        "or name another Python under interpreters\n"
    )
