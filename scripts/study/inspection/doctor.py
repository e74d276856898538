"""What a long run needs from a machine, checked beforehand."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from study.errors import StudyError
from study.inspection.dry_run import PlannedJob, planned_jobs
from study.inspection.estimates import Estimates
from study.inspection.reach import unreachable
from study.inspection.sizes import calculated_size, working_space
from study.inspection.study import ROOT, InspectedStudy
from study.inspection.units import format_bytes
from study.machine.devices import usable_threads
from study.machine.environment import isolate_environment
from study.machine.gpus import find_cards
from study.machine.interpreters import interpreter
from study.recipe.expectations import sentence
from study.recipe.recipe import FRAMEWORKS, Framework
from study.store.holder import can_lock

PATIENCE = 300.0
"""Seconds that a framework may take to load and compute one convolution, even on a slow file system."""
TITLES: dict[Framework, str] = {"pytorch": "PyTorch", "tensorflow": "TensorFlow"}
REPORT_PACKAGES = ("jinja2", "matplotlib", "pypandoc", "typst")


@dataclass(frozen=True)
class Check:
    """The outcome of one check."""

    subject: str
    words: str
    remedy: str | None = None
    """What to do; None if all is well."""
    is_note: bool = False
    """Whether it is worth knowing, but not a fault."""

    def __str__(self) -> str:
        mark = "BAD " if self.remedy is not None else "note" if self.is_note else "ok  "
        return f"{mark} {self.subject}: {self.words}{f'; {self.remedy}' if self.remedy else ''}"


def examine(study: InspectedStudy) -> Iterator[Check]:
    """Run all checks, one after another."""
    yield cards()
    for framework in needed_frameworks(study):
        yield try_framework(study, framework)
    yield threads(study)
    yield report_tools()
    yield from inputs(study)
    yield write_access(study.results)
    try:
        planned = planned_jobs(study)
    except StudyError as error:
        yield Check("plan", str(error), "run make plan to see the whole message")
        return
    yield disk(study, planned)
    yield from downloads(study, planned)


def cards() -> Check:
    """Check the machine's GPUs."""
    try:
        found = find_cards()
    except StudyError as error:
        return Check("GPUs", str(error), "nvidia-smi must answer before anything can be trained on a GPU")
    if not found:
        return Check("GPUs", "none; device: auto computes on the CPU")
    each = ", ".join(
        f"{card.name} ({'memory unknown' if card.memory is None else format_bytes(card.memory)}"
        f"{f', driver {card.driver}' if card.driver else ''})"
        for card in found
    )
    several = f"; --resources gpu={len(found)} trains {len(found)} runs at once" if len(found) > 1 else ""
    return Check("GPUs", f"{each}{several}")


def needed_frameworks(study: InspectedStudy) -> list[Framework]:
    """Return the frameworks that any job of the study needs."""
    needed = {job.name.split("-")[0] for job in study.plan.jobs if job.kind in ("runs", "predictions", "parity_sides")}
    return [framework for framework in FRAMEWORKS if framework in needed]


def try_framework(study: InspectedStudy, framework: Framework) -> Check:
    """Have a framework compute, with the Python and on the device that the study would use."""
    title, configured = TITLES[framework], study.plan.study
    try:
        python = interpreter(configured, framework, ROOT)
    except StudyError as error:
        return Check(title, str(error), "correct the path or leave it empty")
    environment = dict(os.environ)
    isolate_environment(environment, study.results)
    command = [python, str(ROOT / "scripts" / "probe.py"), "--framework", framework]
    command += ["--device", configured.device, "--threads", str(configured.threads), "--store", str(study.store)]
    try:
        finished = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except OSError as error:
        return Check(title, f"{python} does not start ({error.strerror})", "correct interpreters, or run make envs")
    except subprocess.TimeoutExpired:
        return Check(title, f"gave no answer within {PATIENCE:g} seconds", f"run it by hand: {' '.join(command)}")
    if finished.returncode != 0:
        lines = [line for line in finished.stderr.splitlines() if line.strip()]
        sentence = lines[-1] if lines else f"ended with code {finished.returncode}"
        return Check(title, sentence.removeprefix("error: "), f"the Python is {python}")
    try:
        found = json.loads(finished.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return Check(title, f"{python} does not answer like a Python", "correct interpreters")
    return Check(title, _in_words(found, python))


def _in_words(found: dict[str, Any], python: str) -> str:
    device = found["device"]
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    memory = f" with {format_bytes(device['memory'])}" if device["memory"] else ""
    libraries = f" (CUDA {device['cuda']}, cuDNN {device['cudnn']})" if device["cuda"] else ""
    return f"computes on {device['name']}{memory}{libraries}; {versions}; {python}"


def threads(study: InspectedStudy) -> Check:
    """Check the CPU threads."""
    wanted = study.plan.study.threads
    usable = usable_threads(wanted)
    fewer = f", of {wanted} asked for" if usable < wanted else ""
    return Check("threads", f"{usable} per training{fewer}; {len(os.sched_getaffinity(0))} CPUs are available")


def report_tools() -> Check:
    """Check the packages that write the report, in this Python."""
    missing = [package for package in REPORT_PACKAGES if find_spec(package) is None]
    if missing:
        return Check(
            "report", f"{', '.join(missing)} not installed", "install envs/report.txt, as make environment does"
        )
    return Check("report", "its tools are installed")


def inputs(study: InspectedStudy) -> Iterator[Check]:
    """Yield where an arm's images are not what its initial parameters or its first layers expect."""
    configured = study.plan.study
    for arm in dict.fromkeys(name for name, _ in study.plan.runs):
        for note in configured.input_notes(arm):
            yield Check(f"arm {arm}", sentence(note), is_note=True)


def write_access(results: Path) -> Check:
    """Check that results can be written, and held by locks."""
    remedy = "set results to a folder that can be written"
    try:
        results.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=results, prefix=".tmp-doctor-") as name:
            file = Path(name, "file")
            file.write_text("x", encoding="utf-8")
            os.replace(file, file.with_name("renamed"))
            locks = can_lock(file.with_name("renamed"))
    except OSError as error:
        return Check("results", f"{results} cannot be written ({error.strerror})", remedy)
    if not locks:
        return Check("results", f"{results} is on a file system without file locks", remedy)
    return Check("results", f"{results} can be written")


def disk(study: InspectedStudy, planned: list[PlannedJob]) -> Check:
    """Check whether what is left to do fits on the disk, as far as that can be estimated."""
    estimates = Estimates(study)
    sizes = [(item.job.kind, estimates.of(item.job).size or calculated_size(item.job, study.plan)) for item in planned]
    trainings = [working_space(item.job, study.plan) for item in planned if item.job.kind == "runs"]
    needed = sum(size or 0 for _, size in sizes) + max(trainings, default=0)
    features = sizes.count(("features", None))
    words = f"{format_bytes(needed)} needed"
    if features:
        limit = study.plan.study.features_limit
        words += f", and for {features} features up to {limit:g} GB each (features_limit)"
    place = next(folder for folder in (study.results, *study.results.resolve().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    words += f"; {format_bytes(free)} free"
    if needed > free:
        return Check("disk", words, "free some, or set results to a larger disk, or keep_models: none")
    return Check("disk", words)


def downloads(study: InspectedStudy, planned: list[PlannedJob]) -> Iterator[Check]:
    """Check whether everything still to be downloaded can be."""
    for item in planned:
        if item.job.kind == "downloads":
            fault = unreachable(study.plan.downloads[item.job.ref])
            name = item.job.spec["filename"]
            if fault is None:
                yield Check("download", f"{name} can be downloaded")
            else:
                yield Check("download", f"{name}: {fault}", "download it elsewhere and set 'file' next to its checksum")
