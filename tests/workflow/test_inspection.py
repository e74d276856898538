"""The programs that look at a study: they agree with Snakemake, and say what a person needs to know."""

import base64
import re
from collections.abc import Callable

import pytest

from support.workflow import Workflow


def inspect(workflow: Workflow, program: str) -> str:
    finished = workflow.call(f"scripts/{program}.py", "--configfile", workflow.config)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def change_rate(workflow: Workflow) -> None:
    workflow.configure(lambda config: config["arms"]["pretrained_pytorch"]["optimiser"].update(learning_rate=0.025))


def delete_file(workflow: Workflow) -> None:
    (workflow.artefacts("summary")[0] / "arms.csv").unlink()


def delete_artefact(workflow: Workflow) -> None:
    for path in workflow.artefacts("runs")[0].iterdir():
        path.unlink()


def cut_short(workflow: Workflow) -> None:
    """The mark that Snakemake leaves if it is killed between the end of a program and its own note of it."""
    (path,) = workflow.artefacts("summary")[0].glob("arms.csv")
    name = str(path.relative_to(workflow.root)).encode()
    mark = workflow.root / ".snakemake" / "incomplete" / base64.b64encode(name).decode()
    mark.parent.mkdir(exist_ok=True)
    mark.write_text('{"external_jobid": null}', encoding="utf-8")


CASES: dict[str, tuple[Callable[[Workflow], object], list[str]]] = {
    "nothing": (lambda workflow: None, ["Nothing would run: the study is complete."]),
    "setting": (
        change_rate,
        [
            "optimiser.learning_rate: 0.0125 -> 0.025",
            "new input: train pretrained_pytorch seed 0",
            "new input: aggregate all runs; judge the claims; write the report in es as html, and 3 more",
        ],
    ),
    "code": (
        lambda workflow: workflow.change_code("backends/tensorflow/data.py"),
        ["code changed: scripts/study/backends/tensorflow/data.py"],
    ),
    "template": (
        lambda workflow: workflow.append("report/style.css", "\np { color: black; }\n"),
        ["a template or style in report/ changed"],
    ),
    "seed": (lambda workflow: workflow.configure(lambda config: config["study"]["seeds"].append(1)), ["never run"]),
    "file": (delete_file, [r"file missing: results/tiny/store/summary/study-\w{16}/arms.csv"]),
    "artefact": (delete_artefact, ["never run", r"new input: train (scratch|pretrained)_pytorch seed 0"]),
    "mark": (cut_short, ["incomplete: snakemake was stopped before it recorded that this was done"]),
}


@pytest.mark.parametrize("case", CASES)
def test_why_names_the_jobs_of_a_dry_run_and_the_reasons(workflow: Workflow, case: str) -> None:
    change, sentences = CASES[case]
    change(workflow)
    text = inspect(workflow, "why")
    planned = workflow.planned()
    assert set(re.findall(r"^(\S.*)  \[\S+\]$", text, re.MULTILINE)) == planned
    lines = text.splitlines()
    for sentence in sentences:
        assert [line for line in lines if re.fullmatch(sentence, line.strip())], f"{sentence} is not in:\n{text}"
    paragraphs = re.split(r"\n(?=\S)", text.rstrip())[:-1]
    assert len(paragraphs) == len(planned)
    assert all(len(paragraph.splitlines()) > 1 for paragraph in paragraphs), "a job without a reason"


def test_the_plan_has_times_and_sizes_from_earlier_runs(workflow: Workflow) -> None:
    change_rate(workflow)
    text = inspect(workflow, "show_plan")
    (train,) = re.findall(r"^ +(\d+) s +[\d.]+ kB  train pretrained_pytorch seed 0$", text, re.MULTILINE)
    assert 0 < int(train) < 600
    assert re.search(r"^8 jobs\. Training and prediction, one after the other: ", text, re.MULTILINE)
    assert re.search(r"^Disk needed: [\d.]+ [kM]B; free: [\d.]+ GB\.$", text, re.MULTILINE)


def test_seeds_says_what_the_runs_at_hand_leave_open(workflow: Workflow) -> None:
    text = inspect(workflow, "show_seeds")
    assert re.search(r"^Decided by the runs at hand: \d+; undecided: \d+\.$", text, re.MULTILINE)


def test_clean_old_removes_what_nothing_needs_any_more_after_a_yes(workflow: Workflow) -> None:
    change_rate(workflow)
    work = workflow.results / "work" / "runs" / "pytorch-old-0123456789abcdef"
    work.mkdir(parents=True)
    (work / "checkpoint.npz").write_bytes(b"state")

    # What ran with the settings of before is needed as long as they are only edited.
    listed = workflow.call("scripts/clean_old.py")
    assert listed.returncode == 0, listed.stderr
    assert re.findall(r"^ +[\d.]+ k?B  (\S+)$", listed.stdout, re.MULTILINE) == [str(work.relative_to(workflow.root))]
    assert work.exists()

    other = workflow.root / "config" / "other.yaml"
    other.write_text("arms: 3", encoding="utf-8")
    refused = workflow.call("scripts/clean_old.py", "--yes")
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: config/other.yaml: nothing is removed")
    other.unlink()

    workflow.run()
    folders = set(workflow.store.glob("*/*-*"))
    removed = workflow.call("scripts/clean_old.py", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert re.search(r"runs/pytorch-\S+  \(pretrained_pytorch seed 0\)$", removed.stdout, re.MULTILINE)
    gone = {path.parent.name for path in folders - set(workflow.store.glob("*/*-*"))}
    assert gone == {"runs", "predictions", "metrics", "summary", "audit", "figures", "reports"}
    assert not work.exists()
    assert workflow.planned() == set()
