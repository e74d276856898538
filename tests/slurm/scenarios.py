"""What happens to the studies on the cluster. All run at the same time, the demo on the GPU and the others on CPUs."""

import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slurm.cluster import WAITING, wait_for
from slurm.studies import TINY, ClusterStudy, new_study, scontrol, write_program
from support.paths import ROOT

LONG_ENOUGH = 600
"""Epochs of the tiny study that leave time to disturb a training."""
ENDLESS = 100_000
"""Epochs of a training that is never completed."""


def demo(folder: Path) -> ClusterStudy:
    """The demo with one seed and one epoch, without its bridge.

    There is no home, no network for trainings and predictions, and another $TMPDIR. Predictions and
    features ask for the GPU as sites need it that do not know ``--gpus``.
    """

    def shorten(config: dict[str, Any]) -> None:
        config["study"]["seeds"] = [0]
        config["override"] = {"epochs": 1}
        del config["bridges"]
        config["interpreters"] = {"pytorch": str(python), "tensorflow": str(python)}

    def with_gres(profile: dict[str, Any]) -> None:
        profile["set-resources"]["predict_pytorch"] |= {"gpu": 0, "gres": "'gpu:1'"}

    python = python_without_network(folder)
    study = new_study(folder, ROOT / "config" / "demo.yaml", shorten, with_gres)
    with study.running(HOME="/proc", TMPDIR="/dev/shm") as main:
        assert main.wait() == 0, study.output()
    return study


def python_without_network(folder: Path) -> Path:
    """A Python that notes in ``without-network`` what it runs, and runs it without network."""
    python = folder / "python"
    notes, python_here = folder / "without-network", shlex.quote(sys.executable)
    write_program(python, f'echo "$1" >> {notes}\nexec unshare --net {python_here} "$@"\n')
    return python


def stopped(folder: Path) -> ClusterStudy:
    """A study whose only training lacks memory, is requeued, runs out of time, and is cancelled."""

    def little_at_first(profile: dict[str, Any]) -> None:
        profile["set-resources"]["train_pytorch"] |= {"mem_mb": "2000 * attempt - 1600"}

    study = new_study(folder, TINY, one_training, on_cpus, little_at_first)
    with study.running() as main:
        wait_for("a second attempt that trains", study.trains("pytorch"))
        second = study.slurm_jobs("train_")[-1].number
        again = study.trains("pytorch", after=study.trainer("pytorch"))
        scontrol("requeue", str(second))
        wait_for("the same job that trains again", again)
        study.signal_trainer("pytorch", signal.SIGSTOP)  # until its time runs out, however fast it is
        again = study.trains("pytorch", after=study.trainer("pytorch"))
        scontrol("update", f"JobId={second}", "TimeLimit=1")
        wait_for("a third attempt that trains", again)
        subprocess.run(["scancel", str(study.slurm_jobs("train_")[-1].number)], check=True)
        assert main.wait() == 0, study.output()
    return study


def orphaned(folder: Path) -> ClusterStudy:
    """A study whose main process, itself a job, is killed and restarted while its training goes on."""
    study = new_study(folder, TINY, one_training, on_cpus)
    with study.running("--resources", "gpu=1"):  # which is killed at the end of the block
        wait_for("a training", study.trains("pytorch"))
        study.signal_trainer("pytorch", signal.SIGSTOP)  # so that it lasts until a second job comes for the same run
    submit = ["sbatch", "study.sbatch", "--configfile", study.config]
    subprocess.run(submit, cwd=study.root, env=study.environment(), stdout=subprocess.DEVNULL, check=True)
    wait_for("a second job for the run", lambda: "waiting for process" in study.rule_log("train", "pytorch"))
    study.signal_trainer("pytorch", signal.SIGCONT)
    wait_for("the end of Snakemake's job", lambda: study.slurm_jobs("study")[0].state not in ("PENDING", "RUNNING"))
    return study


@dataclass(frozen=True)
class Edited:
    """A study that was edited at a bad moment, and the artefacts that dry runs planned."""

    study: ClusterStudy
    queue: str
    """What ``make queue`` said before the edits."""
    before: set[str]
    """When the trainings had not begun."""
    edited: set[str]
    """By the next command after the edits."""
    undone: set[str]
    """By the next command after the edits were taken back."""


def edited_in_queue(folder: Path) -> Edited:
    """Edits while both trainings wait in the queue; then SLURM starts them."""

    def in_a_queue(profile: dict[str, Any]) -> None:
        profile["default-resources"]["slurm_partition"] = WAITING

    def wait(study: ClusterStudy) -> None:
        wait_for("two trainings in the queue", lambda: len(study.slurm_jobs("train_")) == 2)

    def go_on(study: ClusterStudy) -> None:
        scontrol("update", f"PartitionName={WAITING}", "State=UP")

    return edit(new_study(folder, TINY, two_trainings, on_cpus, without_retries, in_a_queue), wait, go_on)


def edited_while_requeued(folder: Path) -> Edited:
    """Edits while both trainings run; then SLURM requeues their jobs."""

    def wait(study: ClusterStudy) -> None:
        for framework in ("pytorch", "tensorflow"):
            wait_for(f"a training in {framework}", study.trains(framework))

    def go_on(study: ClusterStudy) -> None:
        for job in study.slurm_jobs("train_"):
            scontrol("requeue", str(job.number))

    return edit(new_study(folder, TINY, two_trainings, on_cpus, without_retries), wait, go_on)


def edit(study: ClusterStudy, wait: Callable[[ClusterStudy], None], go_on: Callable[[ClusterStudy], None]) -> Edited:
    """Run a study; after ``wait``, edit the settings of one training and the code of the other, and ``go_on``."""
    prepared = study.snakemake("--until", "preprocess")
    assert prepared.returncode == 0, prepared.stdout + prepared.stderr
    before = study.planned_artefacts()
    files = [study.root / study.config, study.root / "scripts" / "study" / "backends" / "tensorflow" / "trainer.py"]
    texts = [file.read_text(encoding="utf-8") for file in files]
    with study.running() as main:
        wait(study)
        queue = study.queue()
        study.configure(lambda config: config["arms"]["scratch_pytorch"]["optimiser"].update(learning_rate=0.025))
        study.change_code("backends/tensorflow/trainer.py")
        go_on(study)
        assert main.wait() == 1, study.output()
    edited = study.planned_artefacts()
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return Edited(study, queue, before, edited, study.planned_artefacts())


def one_training(config: dict[str, Any]) -> None:
    config["study"]["arms"] = ["scratch_pytorch"]
    config |= {"override": {"epochs": LONG_ENOUGH}, "checkpoint_seconds": 0}


def two_trainings(config: dict[str, Any]) -> None:
    one_training(config)
    config["override"] = {"epochs": ENDLESS}
    config["study"]["arms"] = ["scratch_pytorch", "scratch_tensorflow"]


def on_cpus(profile: dict[str, Any]) -> None:
    """Leave the only GPU to the demo."""
    for resources in profile["set-resources"].values():
        resources["gpu"] = 0


def without_retries(profile: dict[str, Any]) -> None:
    profile["retries"] = 0
