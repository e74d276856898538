"""Certificates of the tiny network, for tests: sides by the real programs, and what a changed side gives."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from study.parity.certify import Finding, certify
from study.parity.side import Side, trace_side
from study.parity.spec import PairSpec, side_spec
from study.recipe.run import RunSpec
from study.store.artefacts import new_artefact
from study.store.files import write_text
from study.store.jobs import Job, Ref, chosen
from study.store.lineage import code_digest
from support.paths import ROOT
from support.tiny import cache, run_spec

WRITTEN_OUT = {
    "name": "adam",
    "learning_rate": 2e-3,
    "adam_epsilon": 1e-7,
    "epsilon_placement": "after_correction",
    "weight_decay": 1e-3,
    "decay_form": "decoupled",
}


def described(framework: str = "pytorch", **changes: Any) -> RunSpec:
    """A run that leaves nothing to its framework."""
    settings = {"init": "fan_in_uniform", "bias_init": "zeros", "optimiser": WRITTEN_OUT, "input": {"size": 20}}
    return run_spec(framework, **(settings | changes))


def write_cache(store: Path) -> Ref:
    """The tiny images as an artefact."""
    job = Job("tensors", "tiny", {}, "synthetic")
    images = cache()
    with new_artefact(store, job) as folder:
        for split, part in (("train", images.train), ("test", images.test)):
            np.save(folder / f"{split}_images.npy", part.images)
            np.save(folder / f"{split}_labels.npy", part.labels)
        write_text(folder / "manifest.json", '{"store": "native"}')
    return job.ref


def run_program(name: str, store: Path, job: Job, *arguments: str) -> Ref:
    command = [sys.executable, str(ROOT / "scripts" / f"{name}.py"), "--store", str(store), "--job", "-", *arguments]
    finished = subprocess.run(command, input=job.to_json(), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr[-3000:]
    return job.ref


def make_side(store: Path, run: RunSpec, framework: str, depth: str = "quick") -> Ref:
    """What one framework's program computes of a run, in a process of its own."""
    spec = side_spec(run, framework, depth).model_dump(mode="json")
    code = code_digest(ROOT / "scripts" / "parity_side.py", **chosen(spec, framework))
    job = Job("parity_sides", f"{framework}-tiny", spec, code, (write_cache(store),))
    return run_program("parity_side", store, job, "--framework", framework)


def findings(run: RunSpec, here: Mapping[str, Any], there: Mapping[str, Any]) -> list[Finding]:
    """The certificate of a run from PyTorch's and TensorFlow's tensors."""
    sides = {"pytorch": here, "tensorflow": there}
    found = certify(PairSpec(arms=("arm", "arm"), runs=(run, run)), [sides, sides])
    return found[: len(found) // 2]


def first_failure(found: list[Finding]) -> tuple[str, str] | None:
    """Stage and tensor of the first stage that fails."""
    return next(((finding.stage, finding.tensor) for finding in found if finding.passed is False), None)


def tensors_of(side: Side, run: RunSpec, framework: str) -> dict[str, Any]:
    """What a side computes of a run in this process."""
    return trace_side(side, side_spec(run, framework, "quick"), cache()).tensors
