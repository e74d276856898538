"""What a rule declares as its input is all that its program reads of the store."""

import csv
import io
import os
import shutil
from pathlib import Path

import pytest

from study.inspection.study import read_study
from study.plan.plan import Plan
from study.plan.planner import make_plan
from study.store.jobs import Job
from support.workflow import Workflow

OPTIONS = {"features": ["--limit", "1"], "published": ["--results", "results/tiny"]}
"""Arguments that a kind's program needs in addition to the common ones."""


def declared_inputs(workflow: Workflow) -> dict[str, list[str]]:
    """Input files by output file, as Snakemake's detailed summary has them."""
    finished = workflow.snakemake("--detailed-summary")
    assert finished.returncode == 0, finished.stderr
    rows = csv.DictReader(io.StringIO(finished.stdout), delimiter="\t")
    return {row["output_file"]: row["input-file(s)"].split(",") for row in rows}


def one_of_each(plan: Plan) -> list[Job]:
    """A job for each program and framework, and each combination of kinds of inputs."""
    chosen: dict[object, Job] = {}
    for job in plan.jobs:
        chosen.setdefault((job.kind, job.code, frozenset(ref.kind for ref in job.inputs)), job)
    return list(chosen.values())


def test_every_program_finds_all_that_it_reads_among_the_declared_files(
    finished: Workflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = declared_inputs(finished)
    monkeypatch.chdir(finished.root)
    plan = make_plan(read_study([Path(finished.config)]).plan.study, finished.root)
    for number, job in enumerate(one_of_each(plan)):
        folder = tmp_path / str(number)
        for name in declared[f"results/tiny/store/{job.ref.folder}/sidecar.json"]:
            if name:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(finished.root / name, folder / name)
        (folder / "job.json").parent.mkdir(parents=True, exist_ok=True)
        (folder / "job.json").write_text(job.to_json(), encoding="utf-8")
        program, choices = plan.programs[job.code]
        told = ["--framework", choices["framework"]] if "framework" in choices else []
        given = ["--job", "job.json", "--store", "results/tiny/store", *told, *OPTIONS.get(job.kind, [])]
        ran = Workflow(folder).call(os.fspath(program), *given)
        assert ran.returncode == 0, (job.ref.folder, ran.stdout + ran.stderr)
