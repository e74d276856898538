"""A small training as a job, and what its result is compared by."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from study.store.artefacts import new_artefact, open_artefact, work_folder
from study.store.files import write_text
from study.store.jobs import Job, chosen
from study.store.lineage import code_digest
from support.paths import MODULES, ROOT, SUPPORT
from support.tiny import TINY_NETWORK, cache, run_spec
from support.waiting import wait_until
from support.warm import run_warm

PROGRAM, STAND_IN = ROOT / "scripts" / "train.py", SUPPORT / "numpy_trainer.py"
TRAINERS = ("numpy", "pytorch", "tensorflow")
TIMES = ["seconds", "images_per_second", "monitor_seconds"]


@dataclass(frozen=True)
class Gate:
    """Where a stand-in's training waits, in the second epoch of a process, until a test lets it pass."""

    path: Path

    @property
    def variables(self) -> dict[str, str]:
        """What the program's environment must have."""
        return {"TEST_GATE": str(self.path)}

    def wait(self) -> None:
        """Wait until a training is there; every epoch before is saved then."""
        wait_until(self.path.with_suffix(".reached").exists, "the training's second epoch")

    def open(self) -> None:
        """Let trainings pass, this one and all later ones."""
        self.path.touch()


@dataclass(frozen=True)
class Training:
    """A training program with a job and a store."""

    framework: str
    """What computes; ``numpy`` is the stand-in, which takes PyTorch's jobs."""
    job: Job
    store: Path

    @property
    def work(self) -> Path:
        return work_folder(self.store, self.job.ref)

    @property
    def log(self) -> str:
        path = self.work / "train.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def arguments(self, *more: str) -> list[str]:
        """The program's arguments; saves after every epoch."""
        job = self.store.parent / f"job-{self.job.lineage}.json"
        job.write_text(self.job.to_json(), encoding="utf-8")
        program, framework = program_of(self.framework)
        options = ["--framework", framework, "--threads", "1", "--checkpoint-seconds", "0"]
        return [str(program), "--job", str(job), "--store", str(self.store), *options, *more]

    def start(
        self, *more: str, prefix: tuple[str, ...] = (), interpreter: tuple[str, ...] = (), **variables: str
    ) -> subprocess.Popen[str]:
        """Start the program in a process of its own; ``interpreter`` is the command for Python, if not this one."""
        return subprocess.Popen(
            [*(interpreter or (sys.executable,)), *prefix, *self.arguments(*more)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(variables),
        )

    def run(
        self, *more: str, prefix: tuple[str, ...] = (), interpreter: tuple[str, ...] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the program to its end."""
        if self.framework == "numpy" and not interpreter:
            return run_warm([*prefix, *self.arguments(*more)], environment(variables))
        process = self.start(*more, prefix=prefix, interpreter=interpreter, **variables)
        out, error = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, error)

    def wait_for(self, text: str) -> None:
        """Wait until the training's own log holds a text."""
        wait_until(lambda: text in self.log, f"'{text}'", told=lambda: self.log)

    def result(self) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
        """Parameters, and history without what depends on the clock."""
        artefact = open_artefact(self.store, self.job.ref)
        with np.load(artefact.file("model.npz")) as arrays:
            parameters = dict(arrays)
        return parameters, pd.read_csv(artefact.file("history.csv")).drop(columns=TIMES)

    def elsewhere(self, folder: Path) -> "Training":
        """The same training in a new store."""
        return training(self.framework, folder, job=self.job)


def training(framework: str, folder: Path, job: Job | None = None, **changes: object) -> Training:
    """A training of the tiny network on tiny images, in a store below a folder."""
    images = cache(size=16)
    tensors = Job("tensors", "tiny", {}, "none")
    settings = {"epochs": 4, "monitor": "test", "network": TINY_NETWORK, **changes}
    program, told = program_of(framework)
    spec = run_spec(told, **settings).model_dump(mode="json")
    code = code_digest(program, **chosen(spec, told))
    job = job or Job("runs", f"{framework}-tiny-s0", spec, code, (tensors.ref,))
    store = folder / "store"
    with new_artefact(store, tensors) as place:
        for split, part in (("train", images.train), ("test", images.test)):
            np.save(place / f"{split}_images.npy", part.images)
            np.save(place / f"{split}_labels.npy", part.labels)
        write_text(place / "manifest.json", '{"store": "native"}')
    return Training(framework, job, store)


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This environment without that of an outer workflow, and with more variables."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("STUDY_")}
    return inherited | {"PYTHONPATH": MODULES, "TF_CPP_MIN_LOG_LEVEL": "3"} | variables


def program_of(framework: str) -> tuple[Path, str]:
    """The program that trains, and the framework that it is told to use."""
    return (STAND_IN, "pytorch") if framework == "numpy" else (PROGRAM, framework)


def same(one: tuple[dict[str, np.ndarray], pd.DataFrame], other: tuple[dict[str, np.ndarray], pd.DataFrame]) -> bool:
    """Whether two results are equal to the bit."""
    return (
        one[0].keys() == other[0].keys()
        and all(np.array_equal(one[0][name], other[0][name]) for name in one[0])
        and one[1].equals(other[1])
    )
