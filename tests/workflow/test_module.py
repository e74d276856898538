"""The workflow as a module of another one, in another folder: with its own names, with others, and with a prefix."""

from pathlib import Path

import pytest

from support.workflow import END, TINY_FILE, WHOLE, Workflow, jobs, new_workflow

OUTER = """
module alexnet:
    snakefile: {snakefile!r}
    config: config
    {prefix}


use rule * from alexnet {renamed}


onstart:
    alexnet.onstart()


onsuccess:
    alexnet.onsuccess()


onerror:
    alexnet.onerror()
"""
WAYS = {
    "as it is": ("", ""),
    "under other names": ("as alexnet_*", ""),
    "with a prefix": ("", "prefix: 'part'"),
    "under other names and with a prefix": ("as alexnet_*", "prefix: 'part'"),
}


def outer(folder: Path, way: str) -> Workflow:
    """Another workflow that uses this one, with a study of one arm."""
    inner = new_workflow(folder / "inner", TINY_FILE)
    root = folder / "outer"
    (root / "config").mkdir(parents=True)
    renamed, prefix = WAYS[way]
    text = OUTER.format(snakefile=str(inner.root / "Snakefile"), prefix=prefix, renamed=renamed)
    (root / "Snakefile").write_text(text, encoding="utf-8")
    (root / "config" / "tiny.yaml").write_text(TINY_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    workflow = Workflow(root)
    workflow.configure(lambda config: config["study"].update(arms=["scratch_pytorch"]))
    return workflow


ALL = {"preprocess digits"} | jobs(WHOLE, "scratch_pytorch seed 0") | END


@pytest.mark.parametrize("way", WAYS)
def test_its_jobs_are_planned(way: str, tmp_path: Path) -> None:
    assert outer(tmp_path, way).planned() == ALL


def test_it_runs_where_the_other_workflow_is_and_puts_everything_below_the_prefix(tmp_path: Path) -> None:
    workflow = outer(tmp_path, "under other names and with a prefix")
    workflow.run()
    assert not workflow.results.exists()
    results = workflow.root / "part" / "results" / "tiny"
    assert (results / "report" / "report.es.html").is_file()
    assert (results / "runs" / "scratch_pytorch" / "seed-0" / "model.npz").is_file()
    assert list((results / "commands").iterdir())
    assert {path.name for path in (tmp_path / "inner").iterdir()} == {
        *("Snakefile", "rules", "scripts", "config", "report", "profiles", "envs")
    }

    # What is forced is trained, and not restored from what the first training left.
    forced = workflow.snakemake("-R", "alexnet_train_pytorch", "--until", "alexnet_train_pytorch")
    assert forced.returncode == 0, forced.stdout + forced.stderr
    assert "restored" not in forced.stderr
    (log,) = results.glob("work/runs/*/train.log")
    assert log.read_text(encoding="utf-8").count("epoch 1/1") == 2
