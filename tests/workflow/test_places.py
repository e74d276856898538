"""A whole study where names are hard: spaces, accents and quotes everywhere, in a locale without letters for them."""

import json
import os
import subprocess
import sysconfig
import venv
from pathlib import Path

import yaml

from support.workflow import TINY, TINY_FILE, Workflow, new_workflow

HARD = 'l\'été de «Zoë» "& co"'
LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0"}
"""Letters that the locale lacks, and a Python told not to work around that."""


def make_python(folder: Path) -> Path:
    """A Python in a folder of a hard name, with the packages of this one."""
    venv.EnvBuilder(symlinks=True).create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "these.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin" / "python"


def one_arm(workflow: Workflow, python: Path) -> None:
    def change(settings: dict[str, object]) -> None:
        study, arms = settings["study"], settings["arms"]
        assert isinstance(study, dict)
        assert isinstance(arms, dict)
        study |= {"arms": ["scratch_pytorch"], "name": HARD}
        arms["scratch_pytorch"]["label"] = {"es": HARD, "en": HARD}
        settings["results"] = "$MINE/results of it"
        settings["interpreters"] = {"pytorch": str(python)}

    workflow.configure(change)


def test_a_study_runs_where_every_path_is_hard(tmp_path: Path) -> None:
    workflow = new_workflow(tmp_path / HARD / "copy", TINY_FILE)
    python = make_python(tmp_path / f"python {HARD}")
    one_arm(workflow, python)
    mine = tmp_path / f"results {HARD}"
    overlay = workflow.root / f"{HARD}.yaml"
    overlay.write_text(yaml.safe_dump({"override": {"epochs": 1}}), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STUDY_", "LC_", "LANG"))}
    finished = subprocess.run(
        [python, "-m", "snakemake", "--cores", "2", "--configfile", TINY, overlay.name],
        cwd=workflow.root,
        env={**kept, **LOCALE, "MINE": str(mine)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout.decode() + finished.stderr.decode()
    results = mine / "results of it"
    record = json.loads((results / "runs/scratch_pytorch/seed-0/run.json").read_text(encoding="utf-8"))
    assert record["spec"]["epochs"] == 1
    assert "été de «Zoë»" in (results / "report/report.es.html").read_text(encoding="utf-8")
    looked = subprocess.run(
        [python, "scripts/clean_old.py"],
        cwd=workflow.root,
        env={**kept, **LOCALE, "MINE": str(mine)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert looked.returncode == 0, looked.stderr.decode()
    assert f"{HARD}.yaml, last run" in looked.stdout.decode()
