"""What a change makes run again: exactly the jobs that depend on it, and after them nothing.

A row of the table is a change and the jobs that it plans. Dry runs of all rows stand apart from the runs, which
take several rows in one folder.
"""

import ast
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support.changes import FEATURES, ROWS, TENSORFLOW, Change, rename_arm, settings
from support.workflow import END, REPORT, WHOLE, Workflow, jobs


@pytest.mark.parametrize("row", ROWS)
def test_a_change_plans_what_depends_on_it_and_nothing_else(workflow: Workflow, row: str) -> None:
    change, expected = ROWS[row]
    change(workflow)
    assert workflow.planned() == expected


def rewrite_code(workflow: Workflow) -> None:
    """Other comments, docstrings and layout in all the code."""
    for path in (workflow.root / "scripts").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                node.body[0] = ast.Expr(ast.Constant("Another docstring."))
        path.write_text(f"# A comment.\n{ast.unparse(tree)}\n# Another.\n" if tree.body else "", encoding="utf-8")


def rewrite_configuration(workflow: Workflow) -> None:
    """Other comments, order of keys and ways to write a number."""

    def turned(value: Any) -> Any:
        return {key: turned(value[key]) for key in reversed(value)} if isinstance(value, dict) else value

    config = workflow.root / workflow.config
    workflow.configure(lambda found: [found.update({key: turned(found.pop(key))}) for key in reversed(list(found))])
    text = config.read_text(encoding="utf-8")
    assert text.count("0.0125") == 3
    config.write_text("# A comment.\n" + text.replace("0.0125", "1.25e-2", 2), encoding="utf-8")


def touch_everything(workflow: Workflow) -> None:
    for path in workflow.root.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (2e9, 2e9))


def clone(workflow: Workflow) -> None:
    """A fresh clone of a repository with these files, and the results moved over."""
    clone, identity = workflow.root.with_name("clone"), ("-c", "user.name=a", "-c", "user.email=a@b.c")
    (workflow.root / ".gitignore").write_text("results\n.snakemake\n", encoding="utf-8")
    for command in (
        ["git", "init", "--quiet"],
        ["git", "add", "."],
        ["git", *identity, "commit", "--quiet", "--message=all"],
        ["git", "clone", "--quiet", ".", str(clone)],
    ):
        subprocess.run(command, cwd=workflow.root, check=True, capture_output=True)
    (workflow.root / "results").rename(clone / "results")
    shutil.rmtree(workflow.root)
    clone.rename(workflow.root)


def lose_records(workflow: Workflow) -> None:
    shutil.rmtree(workflow.root / ".snakemake")


NOTHING: dict[str, Change] = {
    "cp -r": lambda workflow: None,
    "comments, docstrings and layout of the code": rewrite_code,
    "comments, order and writing of the configuration": rewrite_configuration,
    "touch": touch_everything,
    "fresh clone": clone,
    "lost .snakemake": lose_records,
    "threads": settings(lambda config: config.update(threads=3)),
    "limit of features": settings(lambda config: config.update(features_limit=3)),
    "how often a training is saved": settings(lambda config: config.update(checkpoint_seconds=7)),
}


@pytest.mark.parametrize("row", NOTHING)
def test_what_changes_no_result_plans_nothing(workflow: Workflow, row: str) -> None:
    NOTHING[row](workflow)
    assert workflow.planned() == set()


FORCED = {
    "a training": (("-R", "train_tensorflow"), jobs(WHOLE, *TENSORFLOW) | END),
    "a prediction": (
        ("-R", "predict_tensorflow"),
        jobs("predict evaluate", *TENSORFLOW) | END,
    ),
    "a report": (("-R", "write_report"), REPORT),
    "tensors, which come out the same": (("-R", "preprocess"), {"preprocess digits"}),
}


@pytest.mark.parametrize("row", FORCED)
def test_what_is_forced_plans_what_depends_on_it(finished: Workflow, row: str) -> None:
    arguments, expected = FORCED[row]
    assert finished.planned(*arguments) == expected


def test_other_cores_and_another_path_plan_nothing(workflow: Workflow, tmp_path: Path) -> None:
    moved = Workflow(tmp_path / "another path")
    workflow.root.rename(moved.root)
    assert moved.planned("--cores", "1") == set()
    moved.root.rename(workflow.root)


def test_a_change_with_lost_records_plans_what_depends_on_it(workflow: Workflow) -> None:
    lose_records(workflow)
    change, expected = ROWS["learning rate"]
    change(workflow)
    assert workflow.planned() == expected


def step(workflow: Workflow, *rows: str) -> None:
    """Make the changes of some rows, run, and see that nothing is left to do."""
    for row in rows:
        ROWS[row][0](workflow)
    assert workflow.planned() == set().union(*(ROWS[row][1] for row in rows))
    workflow.run()


def test_after_a_run_nothing_is_planned_and_going_back_trains_nothing(workflow: Workflow) -> None:
    start = workflow.settings()
    report = workflow.results / "report" / "report.es.html"

    step(workflow, "learning rate")
    changed = report.read_bytes()
    workflow.configure(lambda config: config.update(start))
    assert workflow.planned() == {"publish results under readable names"}
    workflow.run()
    assert report.read_bytes() != changed

    step(workflow, "label", "text of the report", "code of the report")
    step(workflow, "bins of the calibration error")
    step(workflow, "arm added that equals another", "arm removed that gives its weights to another")
    assert "Fin." in report.read_text(encoding="utf-8")


def test_a_seed_and_arms_added_and_removed(workflow: Workflow) -> None:
    start = workflow.settings()
    step(workflow, "seed added")
    assert (workflow.results / "runs" / "scratch_pytorch" / "seed-1" / "model.npz").exists()
    workflow.configure(lambda config: config.update(start))
    assert workflow.planned() == {"publish results under readable names"}
    workflow.configure(rename_arm)
    assert workflow.planned() == END
    workflow.run()
    assert not (workflow.results / "runs" / "scratch_pytorch").exists()
    assert not (workflow.results / "runs" / "renamed" / "seed-1").exists()


def test_code_of_both_sides_and_inputs_changed(workflow: Workflow) -> None:
    step(workflow, "code that both use", "input size with resized images on disk", "two equal arms added")


def test_a_finished_study_is_asked_for_its_published_files_only(workflow: Workflow) -> None:
    finished = workflow.snakemake("--force", "--dry-run", "all")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "/store/" not in finished.stdout


def test_artefacts_without_sidecars_are_made_again_and_read_again(workflow: Workflow) -> None:
    for kind in ("predictions", "metrics"):
        (artefact,) = (folder for folder in workflow.artefacts(kind) if folder.name.startswith("tensorflow"))
        (artefact / "sidecar.json").unlink()
    read_again = {"aggregate all runs", "judge the claims", "publish results under readable names"}
    assert workflow.planned() == jobs("predict evaluate", *TENSORFLOW) | read_again


def test_a_deleted_file_is_made_again_by_its_job_and_read_again(workflow: Workflow) -> None:
    (run,) = workflow.artefacts("runs")[2:]
    assert run.name.startswith("tensorflow")
    deleted = {
        workflow.results / "report" / "report.es.html": {"publish results under readable names"},
        workflow.artefacts("summary")[0] / "arms.csv": {"aggregate all runs"},
        run / "history.csv": jobs("train", *TENSORFLOW),
        run / "run.json": jobs("predict", *TENSORFLOW),
        workflow.artefacts("tensors")[0] / "test_labels.npy": {"preprocess digits"}
        | FEATURES
        | jobs("train predict", "scratch_pytorch seed 0"),
    }
    expected: set[str] = set()
    for path, added in deleted.items():
        path.unlink()
        expected |= added
        assert workflow.planned() == expected
    workflow.run()
    assert all(path.is_file() for path in deleted)
