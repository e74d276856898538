"""What a program's environment holds, and what runs a framework's programs."""

import sys
from pathlib import Path

import pytest

from study.config.load import read_config, validate
from study.errors import StudyError
from study.machine.environment import isolate_environment
from study.machine.interpreters import RECORD, interpreter, record_interpreters
from support.paths import ROOT

STUDY = validate(read_config([ROOT / "config" / "demo.yaml"]))


def test_what_can_change_a_result_is_taken_out_and_the_rest_stays() -> None:
    hostile = {
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_USE_LEGACY_KERAS": "1",
        "KERAS_BACKEND": "jax",
        "KERAS_HOME": "/home/me/.keras",
        "TORCH_HOME": "/home/me/.torch",
        "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1",
        "NVIDIA_TF32_OVERRIDE": "1",
        "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": "/home/me/lib",
        "PYTHONOPTIMIZE": "2",
        "MATPLOTLIBRC": "/home/me/matplotlibrc",
        "MPLBACKEND": "TkAgg",
    }
    harmless = {"PATH": "/bin", "HOME": "/home/me", "CUDA_VISIBLE_DEVICES": "1", "PYTORCH_CUDA_ALLOC_CONF": "x"}
    environment = hostile | harmless
    isolate_environment(environment, Path("/results"))
    assert harmless.items() <= environment.items()
    assert not hostile.items() & environment.items()
    assert not {"TF_USE_LEGACY_KERAS", "NVIDIA_TF32_OVERRIDE", "PYTHONPATH", "OMP_NUM_THREADS"} & environment.keys()
    assert environment["KERAS_BACKEND"] == "tensorflow"
    assert environment["KERAS_HOME"] == "/results/work/cache/keras"
    assert environment["PYTHONNOUSERSITE"] == "1"


def named(python: str) -> object:
    return STUDY.model_copy(update={"interpreters": STUDY.interpreters.model_copy(update={"pytorch": python})})


def test_the_configuration_wins_over_the_note_and_the_note_over_this_python(tmp_path: Path) -> None:
    (tmp_path / "noted").touch()
    assert interpreter(STUDY, "pytorch", tmp_path) == sys.executable
    record_interpreters(tmp_path, {"pytorch": "noted"})
    assert interpreter(STUDY, "pytorch", tmp_path) == str(tmp_path / "noted")
    assert interpreter(STUDY, "tensorflow", tmp_path) == sys.executable
    assert interpreter(named("python3"), "pytorch", tmp_path) == "python3"  # type: ignore[arg-type]


def test_an_interpreter_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"interpreters.pytorch: /nowhere/python does not exist"):
        interpreter(named("/nowhere/python"), "pytorch", tmp_path)  # type: ignore[arg-type]
    for name in ("no-such-python", str(tmp_path)):
        with pytest.raises(StudyError, match=f"interpreters.pytorch: {name} is not a program that can be started here"):
            interpreter(named(name), "pytorch", tmp_path)  # type: ignore[arg-type]
    record_interpreters(tmp_path, {"pytorch": "noted"})
    with pytest.raises(StudyError, match=rf"{RECORD}: .*noted does not exist; run make envs again"):
        interpreter(STUDY, "pytorch", tmp_path)
    (tmp_path / RECORD).write_text("- nonsense", encoding="utf-8")
    with pytest.raises(StudyError, match="cannot be read; run make envs again"):
        interpreter(STUDY, "pytorch", tmp_path)
