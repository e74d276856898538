"""Paths and text that are hard: variables, ~, letters that a locale or a shell may not have."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from study.config.load import read_config, validate
from study.config.paths import expand
from study.errors import StudyError
from study.store.jobs import Job, Ref
from support.paths import ROOT

DEMO = ROOT / "config" / "demo.yaml"


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/zoë")
    monkeypatch.setenv("SCRATCH", "/scratch/a b")
    monkeypatch.delenv("NOT_THERE", raising=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("~", "/home/zoë"),
        ("~/x", "/home/zoë/x"),
        ("$SCRATCH/x", "/scratch/a b/x"),
        ("${SCRATCH}x/$SCRATCH", "/scratch/a bx//scratch/a b"),
        ("results/demo", "results/demo"),
        ("a~b/x~", "a~b/x~"),
        ("./~/x", "./~/x"),
        ("5 $/x", "5 $/x"),
    ],
)
def test_paths_mean_what_a_shell_would_make_of_them(written: str, meant: str) -> None:
    assert expand(written) == meant


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("$NOT_THERE/x", "the environment variable $NOT_THERE is not set"),
        ("x/${NOT_THERE}", "the environment variable ${NOT_THERE} is not set"),
        ("~no_such_user/x", "there is no user ~no_such_user"),
    ],
)
def test_what_stands_for_nothing_is_refused(written: str, sentence: str) -> None:
    with pytest.raises(StudyError, match=rf"configuration: results: {re.escape(sentence)}"):
        validate({**read_config([DEMO]), "results": written})


def test_every_path_of_the_configuration_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config = read_config([ROOT / "config" / "config.yaml"])
    config["results"] = "~/results"
    config["interpreters"] = {"pytorch": "$SCRATCH/python"}
    config["weights"] = {
        name: {key: value for key, value in entry.items() if key != "urls"} | {"file": "~/file"}
        for name, entry in config["weights"].items()
    }
    study = validate(config)
    assert study.results == f"{tmp_path}/results"
    assert study.interpreters.pytorch == "/scratch/a b/python"
    assert {weights.file for weights in study.weights.values()} == {f"{tmp_path}/file"}


def test_a_jobs_description_is_ascii_and_the_same_job() -> None:
    job = Job("reports", "es", {"labels": {"a": "d'été «ñ» \U0001f600"}}, "c", (Ref("summary", "s", "1"),))
    text = job.to_json()
    assert text.isascii()
    assert "\n" not in text
    again = Job.from_json(text)
    assert again == job
    assert again.lineage == job.lineage
    # As it was before descriptions were ASCII: the letters themselves count.
    assert json.loads(text)["spec"] == job.spec


SHOW = (
    "import sys; sys.path.insert(0, 'scripts'); from study.machine.unicode import use_utf8; use_utf8(); "
    "print(sys.flags.utf8_mode, sys.getfilesystemencoding(), sys.argv[1:], chr(241))"
)


@pytest.mark.parametrize("variables", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}])
def test_whatever_the_locale_names_and_text_are_utf8(variables: dict[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, "été x"], cwd=ROOT, env=kept | variables, capture_output=True, check=True
    )
    assert shown.stdout.decode("utf-8").split(maxsplit=1)[1] == "utf-8 ['été x'] ñ\n"


def test_rules_quote_all_that_they_give_to_the_shell() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    own = re.findall(r"shell:\n((?: {8}.*\n)+)", rules)
    (shared,) = re.findall(r"^def call\(.*\n((?: .*\n|\n)+)", rules, re.MULTILINE)
    given = re.findall(r"\{[\w.]+(?::q)?\}", "".join([*own, shared]).replace("{{", "{").replace("}}", "}"))
    assert {"{params.python:q}", "{params.options:q}", "{log:q}"} <= set(given)
    # Names that the rules themselves state, and the job's description in a here-document, where nothing is quoted.
    bare = {"{threads}", "{program}", "{params.framework}", "{params.job}"}
    assert {name for name in given if not name.endswith(":q}")} == bare
