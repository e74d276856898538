"""A training in the account of a user whose settings would change it."""

import os
import subprocess
import sys
from pathlib import Path

from study.machine.gpus import Card
from support.hostile import hostile_account
from support.pretended import pretend_cards
from support.stopping import Training, same, training

FRAMEWORK = "pytorch"
PROGRAM = "import torch; print(torch.backends.cpu.get_cpu_capability())"
"""Says what a library was told by the account."""


def finished(folder: Path, **variables: str) -> Training:
    made = training(FRAMEWORK, folder, epochs=2)
    run = made.run(**variables)
    assert run.returncode == 0, run.stderr
    return made


def test_nothing_of_the_account_reaches_the_result(tmp_path: Path) -> None:
    plain = finished(tmp_path / "plain")
    hostile = finished(tmp_path / "hostile", **hostile_account(tmp_path / "home"))
    assert same(plain.result(), hostile.result())


def test_the_account_is_hostile_where_nothing_takes_its_settings_out(tmp_path: Path) -> None:
    environment = os.environ | hostile_account(tmp_path) | {"KERAS_BACKEND": "tensorflow"}
    printed = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    assert printed.stdout == "DEFAULT\n"


def test_a_gpu_that_the_framework_does_not_see_is_refused_and_the_cpu_can_be_asked_for(tmp_path: Path) -> None:
    variables: dict[str, str] = {}
    pretend_cards(tmp_path, [Card("GPU-pytorch-refused", "Pretended A100", 40 * 2**30, "580.1")], variables.__setitem__)
    made = training(FRAMEWORK, tmp_path, epochs=1)
    refused = made.run(**variables)
    assert refused.returncode == 1
    (sentence,) = [line for line in refused.stderr.splitlines() if line.startswith("error: ")]
    assert sentence.startswith("error: this machine has a GPU, Pretended A100 (driver 580.1), but ")
    assert sentence.endswith("to compute on the CPU, set device: cpu")
    assert "epoch" not in made.log
    assert made.run("--device", "cpu", **variables).returncode == 0


def test_a_gpu_that_is_asked_for_and_not_there_is_refused(tmp_path: Path) -> None:
    made = training(FRAMEWORK, tmp_path, epochs=1)
    refused = made.run("--device", "cuda", PATH=str(tmp_path))
    assert refused.returncode == 1
    assert "error: device: cuda, but " in refused.stderr
    assert "epoch" not in made.log
