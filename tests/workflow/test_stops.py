"""Stops of the whole workflow: whatever is killed, the same command resumes, and the result is the same."""

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
import yaml

from support.workflow import Workflow

EPOCHS = 150
TRAINING = ("--until", "train_pytorch")
"""What follows the training is no matter here."""


def lengthen(settings: dict[str, Any]) -> None:
    """One arm that trains for some seconds and saves after every epoch."""
    settings["study"]["arms"] = ["scratch_pytorch"]
    settings["arms"]["scratch_pytorch"]["epochs"] = EPOCHS
    settings["arms"]["scratch_pytorch"]["batch_size"] = 8
    settings["checkpoint_seconds"] = 0


class Running:
    """A snakemake command that is under way."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("STUDY_")}
        self.output = (workflow.root / "output").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "1", "--configfile", workflow.config, *TRAINING],
            cwd=workflow.root,
            env=inherited,
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )

    def wait_for(self, text: str) -> None:
        """Wait until a training's own log holds a text."""
        deadline = time.monotonic() + 90
        while text not in log(self.workflow):
            assert time.monotonic() < deadline, f"'{text}' did not come:\n{log(self.workflow)}"
            time.sleep(0.02)

    def signal_all(self, number: int) -> None:
        """Send a signal to Snakemake and all that it started, as a terminal does."""
        os.killpg(self.process.pid, number)
        self.process.wait(timeout=60)


def log(workflow: Workflow) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in workflow.results.glob("work/runs/*/train.log"))


def parameters(workflow: Workflow) -> dict[str, np.ndarray]:
    (model,) = workflow.store.glob("runs/*/model.npz")
    with np.load(model) as arrays:
        return dict(arrays)


def assert_goes_on(workflow: Workflow, straight: Workflow) -> None:
    """The same command, and nothing else, must end as if nothing had happened."""
    assert workflow.snakemake(*TRAINING).returncode == 0
    assert "resumes after epoch" in log(workflow)
    one, other = parameters(workflow), parameters(straight)
    assert all(np.array_equal(one[name], other[name]) for name in other)


@pytest.fixture(scope="module")
def straight(finished: Workflow, tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The study of one longer arm, run without a stop."""
    workflow = finished.copy(tmp_path_factory.mktemp("straight") / "copy")
    workflow.configure(lengthen)
    shutil.rmtree(workflow.store / "runs")
    assert workflow.snakemake(*TRAINING).returncode == 0
    return workflow


@pytest.fixture
def running(workflow: Workflow) -> Running:
    """The same study, just when its training is well under way."""
    workflow.configure(lengthen)
    shutil.rmtree(workflow.store / "runs")
    started = Running(workflow)
    started.wait_for("epoch 5/")
    return started


def test_snakemake_killed_the_training_saves_and_ends_and_the_command_goes_on(
    running: Running, straight: Workflow
) -> None:
    second = running.workflow.snakemake()
    assert second.returncode == 1
    assert f"is held by the snakemake process {running.process.pid} on " in second.stderr + second.stdout
    running.process.kill()
    running.process.wait()
    running.wait_for("stopped: the process that started this training is gone; the state after epoch")
    assert_goes_on(running.workflow, straight)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_everything_stopped_the_command_goes_on(number: int, running: Running, straight: Workflow) -> None:
    running.signal_all(number)
    assert_goes_on(running.workflow, straight)


def test_the_training_stopped_politely_fails_its_command_and_the_next_goes_on(
    running: Running, straight: Workflow
) -> None:
    subprocess.run(["pkill", "-TERM", "-g", str(running.process.pid), "-f", "train.py"], check=True)
    assert running.process.wait(timeout=60) == 1
    running.wait_for("stopped: SIGTERM in epoch")
    assert_goes_on(running.workflow, straight)


def test_a_model_that_was_not_kept_is_trained_again_when_an_arm_needs_it(workflow: Workflow) -> None:
    def keep_none(settings: dict[str, Any]) -> None:
        settings["keep_models"] = "none"
        settings["study"]["arms"] = ["scratch_pytorch"]

    def need(settings: dict[str, Any]) -> None:
        settings["study"]["arms"].append("pretrained_pytorch")
        settings["arms"]["pretrained_pytorch"] |= {"features": "live", "batch_size": 32}

    workflow.configure(keep_none)
    workflow.run()
    run = (workflow.results / "runs/scratch_pytorch/seed-0/run.json").resolve().parent
    assert not list(workflow.results.glob(f"**/{run.name}/**/model.npz")), "its disk is not free"
    workflow.configure(need)
    assert workflow.planned("--until", "train_pytorch") == {"train scratch_pytorch seed 0"}
    workflow.run()
    record = yaml.safe_load((workflow.results / "runs/pretrained_pytorch/seed-0/run.json").read_text(encoding="utf-8"))
    assert record["spec"]["batch_size"] == 32
