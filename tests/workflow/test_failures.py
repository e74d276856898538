"""Failures, edits at bad moments and damage: nothing old passes for new, and what is complete stays usable."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pymupdf

from study.config.load import validate
from study.plan.plan import Plan
from study.plan.planner import make_plan
from support.paths import WAIT_AT
from support.waiting import wait_until
from support.workflow import END, WHOLE, Workflow, jobs

NOT_FINITE = 1e30
"""A learning rate that overflows float32 in the first steps."""
PYTORCH = ("scratch_pytorch seed 0", "pretrained_pytorch seed 0")


def set_rate(workflow: Workflow, arm: str, rate: float) -> None:
    workflow.configure(lambda config: config["arms"][arm]["optimiser"].update(learning_rate=rate))


def plan_of(workflow: Workflow) -> Plan:
    return make_plan(validate(workflow.settings()), workflow.root)


def test_the_other_arms_finish_and_the_partial_report_says_what_is_missing(workflow: Workflow) -> None:
    complete = (workflow.results / "report" / "report.es.html").read_bytes()
    workflow.configure(lambda config: config["report"].update(formats=["html", "pdf"]))
    set_rate(workflow, "scratch_tensorflow", NOT_FINITE)
    set_rate(workflow, "pretrained_pytorch", 0.025)
    assert workflow.snakemake().returncode == 1
    left = jobs(WHOLE, "scratch_tensorflow seed 0") | END | {"write the report in es as pdf"}
    assert workflow.planned() == left

    why = workflow.call("scripts/why.py", "--configfile", workflow.config)
    assert set(re.findall(r"^(\S.*)  \[", why.stdout, re.MULTILINE)) == left, why.stderr
    assert "optimiser.learning_rate: 0.0125 -> 1e+30" in why.stdout
    assert "its last attempt failed: the training loss became" in why.stdout

    finished = workflow.call("scripts/partial_report.py", "--configfile", workflow.config)
    assert finished.returncode == 0, finished.stderr
    page = (workflow.results / "report" / "partial.es.html").read_text(encoding="utf-8")
    assert "Informe parcial" in page
    assert "scratch_tensorflow»," in page.replace("\\", "")
    assert "the training loss became" in page
    with pymupdf.open(workflow.results / "report" / "partial.es.pdf") as pdf:
        assert len(pdf) > 1
        assert all("Informe parcial" in sheet.get_text() for sheet in pdf)
    assert (workflow.results / "report" / "report.es.html").read_bytes() == complete

    set_rate(workflow, "scratch_tensorflow", 0.0125)
    workflow.run()
    assert not list((workflow.results / "report").glob("partial.*"))
    assert (workflow.results / "report" / "report.es.html").read_bytes() != complete


def test_a_change_whose_training_failed_once_is_trained_when_it_is_kept(workflow: Workflow) -> None:
    broken = workflow.root / "broken-python"
    broken.write_text("#!/bin/sh\necho no such library >&2\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    set_rate(workflow, "pretrained_pytorch", 0.025)
    changed = jobs(WHOLE, "pretrained_pytorch seed 0") | END
    workflow.configure(lambda config: config.update(interpreters={"pytorch": str(broken)}))
    assert workflow.snakemake().returncode == 1
    assert workflow.planned() == changed
    workflow.configure(lambda config: config.pop("interpreters"))
    assert workflow.planned() == changed
    workflow.run()
    record = json.loads((workflow.results / "runs/pretrained_pytorch/seed-0/run.json").read_text(encoding="utf-8"))
    assert record["spec"]["optimiser"]["learning_rate"] == 0.025


def test_code_edited_while_its_training_runs_is_trained_anew(workflow: Workflow, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    python = workflow.root / "waiting-python"
    wait_at = shlex.join((sys.executable, WAIT_AT, str(gate), "checkpoint-"))
    python.write_text(f'#!/bin/sh\nexec {wait_at} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    workflow.configure(lambda config: config["arms"]["scratch_pytorch"].update(epochs=3))
    workflow.configure(lambda config: config.update(checkpoint_seconds=0, interpreters={"pytorch": str(python)}))
    run = plan_of(workflow).runs["scratch_pytorch", 0]
    command = [sys.executable, "-m", "snakemake", "--cores", "4", "--configfile", workflow.config]
    with subprocess.Popen(
        command,
        cwd=workflow.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        wait_until(gate.with_suffix(".reached").exists, "the end of the training's first epoch", running)
        assert not (workflow.store / run.folder / "run.json").exists()
        workflow.change_code("backends/pytorch/data.py")
        gate.touch()
        output, _ = running.communicate()
    # What was running ends under the lineage of the code that it ran; what had not begun is refused.
    assert running.returncode == 1, output
    assert (workflow.store / run.folder / "run.json").exists()
    assert "the code changed after this job was planned" in output
    features = {"compute features for pretrained_pytorch seed 0"}
    assert workflow.planned() == features | jobs(WHOLE, *PYTORCH) | END


def test_a_job_that_was_planned_before_an_edit_is_refused_by_its_program(workflow: Workflow, tmp_path: Path) -> None:
    plan = plan_of(workflow)
    job = plan.by_folder[plan.runs["scratch_pytorch", 0].folder]
    description = tmp_path / "job.json"
    description.write_text(job.to_json(), encoding="utf-8")
    workflow.change_code("backends/pytorch/data.py")
    finished = workflow.call(
        *("scripts/train.py", "--framework", "pytorch"),
        *("--job", str(description), "--store", str(tmp_path / "store")),
    )
    assert finished.returncode == 1
    assert re.fullmatch(r"error: train.py: the code changed after this job was planned .*\n", finished.stderr)
    assert not (tmp_path / "store").exists()


def test_a_cluster_job_refuses_settings_that_changed_while_it_waited(workflow: Workflow) -> None:
    plan = plan_of(workflow)
    train = plan.runs["pretrained_pytorch", 0]
    (evaluate,) = (job.ref for job in plan.jobs if job.kind == "metrics" and plan.label(job).startswith("scratch_t"))
    set_rate(workflow, "pretrained_pytorch", 0.025)
    (workflow.store / evaluate.folder / "metrics.json").unlink()

    def as_on_a_cluster(rule: str, folder: str) -> subprocess.CompletedProcess[str]:
        """What a job on a cluster does when it starts."""
        target = f"{rule}:artefact={Path(folder).name}"
        return workflow.snakemake("--mode", "remote", "--target-jobs", target, "--allowed-rules", rule, "--nolock")

    refused = as_on_a_cluster("train_pytorch", train.folder)
    assert refused.returncode == 1
    assert re.search(r"^error: .* changed after this job was planned; run the snakemake command", refused.stderr, re.M)
    assert "Traceback" not in refused.stdout + refused.stderr
    # A job that the change does not concern runs.
    finished = as_on_a_cluster("evaluate_run", evaluate.folder)
    assert finished.returncode == 0, finished.stderr
    assert (workflow.store / evaluate.folder / "metrics.json").exists()


def test_a_damaged_file_is_found_and_refused_by_its_reader(workflow: Workflow) -> None:
    (folder,) = (path for path in workflow.artefacts("predictions") if path.name.startswith("tensorflow"))
    content = bytearray((folder / "predictions.parquet").read_bytes())
    content[100] ^= 1
    (folder / "predictions.parquet").write_bytes(content)
    assert workflow.planned() == set()

    verified = workflow.call("scripts/verify.py", "--configfile", workflow.config)
    sentence = re.compile(
        r"predictions\.parquet: the file is damaged \(expected sha256 \w{64}, found \w{64}\); delete (\S+) and run"
    )
    found = sentence.findall(verified.stdout)
    assert verified.returncode == 1
    assert [workflow.root / path for path in found] == [folder]
    assert verified.stderr == "1 damaged or missing\n"

    workflow.configure(lambda config: config.update(evaluation={"calibration_bins": 10}))
    refused = workflow.snakemake()
    assert refused.returncode == 1
    assert sentence.search(refused.stdout + refused.stderr)

    for path in folder.iterdir():
        path.unlink()
    assert "predict scratch_tensorflow seed 0" in workflow.planned()
    workflow.run()
    assert workflow.call("scripts/verify.py", "--configfile", workflow.config).returncode == 0
