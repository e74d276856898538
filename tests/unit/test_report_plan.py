"""What a change of the report's settings and templates gives a new lineage: the plan alone, nothing is run."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from study.config import languages
from study.config.load import validate
from study.plan.planner import make_plan
from support.paths import ROOT

Settings = dict[str, Any]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code and the templates in another folder; its plans are compared only."""
    folder = tmp_path_factory.mktemp("root")
    for part in ("scripts", "report"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def settings() -> Settings:
    content: Settings = yaml.safe_load((ROOT / "tests" / "support" / "tiny.yaml").read_text(encoding="utf-8"))
    return content | {"claims": str(ROOT / "config" / "claims.yaml")}


def changed_kinds(root: Path, change: Callable[[Settings], object]) -> set[str]:
    """Return the kinds of the jobs that a change of the settings makes run again."""
    before, after = settings(), settings()
    change(after)
    old = {job.ref for job in make_plan(validate(before), root).jobs}
    return {job.ref.kind for job in make_plan(validate(after), root).jobs if job.ref not in old}


CHANGES: dict[str, tuple[Callable[[Settings], object], set[str]]] = {
    "nothing": (lambda config: None, set()),
    "label": (
        lambda config: config["arms"]["scratch_pytorch"].update(label={"es": "Otra"}),
        {"figures", "reports", "published"},
    ),
    "name of the study": (lambda config: config["study"].update(name="other"), {"reports", "published"}),
    "language": (lambda config: config["report"].update(languages=["es", "en"]), {"figures", "reports", "published"}),
    "format": (lambda config: config["report"].update(formats=["html", "pdf"]), {"reports", "published"}),
    "level of the intervals": (
        lambda config: config.update(evaluation={"confidence": 0.9}),
        {"audit", "figures", "reports", "published"},
    ),
    "bins of the calibration": (
        lambda config: config.update(evaluation={"calibration_bins": 10}),
        {"metrics", "summary", "audit", "figures", "reports", "published"},
    ),
}


def test_what_a_bridge_is_called_plans_figures_and_reports_anew_and_judges_nothing(root: Path) -> None:
    def bridged(config: Settings, **labels: Settings) -> Settings:
        config["bridges"] = {"one": {"start": "scratch_pytorch", "end": "scratch_tensorflow"} | labels}
        config["bridges"]["one"]["steps"] = {"all": {"settings": "rest", **labels}}
        return config

    old = make_plan(validate(bridged(settings())), root).jobs
    new = make_plan(validate(bridged(settings(), label={"es": "Otro", "en": "Other"})), root).jobs
    assert {job.ref.kind for job in new if job.ref not in {job.ref for job in old}} == {
        "figures",
        "reports",
        "published",
    }
    (figures,) = (job for job in new if job.kind == "figures")
    assert "waterfall-one" in figures.spec["figures"]
    (bridge,) = figures.spec["bridges"]
    assert (bridge["label"], bridge["steps"][0]["label"]) == ("Otro", "Otro")


@pytest.mark.parametrize("name", CHANGES)
def test_a_setting_of_the_report_plans_no_more_than_it_must(root: Path, name: str) -> None:
    change, expected = CHANGES[name]
    assert changed_kinds(root, change) == expected


PHRASES = {
    "of the figures": ("es", 'epoch = "Época"', {"figures", "reports", "published"}),
    "of the report": ("es", 'partial = "Informe parcial"', {"reports", "published"}),
    "of a language that is not asked for": ("en", 'epoch = "Epoch"', set()),
}


@pytest.mark.parametrize("name", PHRASES)
def test_another_phrase_plans_anew_what_says_it(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    language, phrase, expected = PHRASES[name]
    monkeypatch.setattr(languages, "FOLDER", root / "report" / "languages")
    old = {job.ref for job in make_plan(validate(settings()), root).jobs}
    file = root / "report" / "languages" / f"{language}.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(phrase) == 1
    file.write_text(text.replace(phrase, phrase.replace(' = "', ' = "X')), encoding="utf-8")
    assert {job.ref.kind for job in make_plan(validate(settings()), root).jobs if job.ref not in old} == expected


def test_figures_are_those_that_the_arms_can_have(root: Path) -> None:
    without = settings()
    dense = [{"type": "flatten"}, {"type": "dense", "units": "classes", "activation": "none"}]
    without["networks"]["flat"] = {"layers": dense}
    without["arms"]["scratch_tensorflow"]["network"] = "flat"
    (job,) = (job for job in make_plan(validate(without), root).jobs if job.kind == "figures")
    assert "filters-scratch_pytorch" in job.spec["figures"]
    assert "filters-scratch_tensorflow" not in job.spec["figures"]


def test_the_report_is_given_the_names_of_arms_that_only_give_their_weights_and_what_starts_from_them(
    root: Path,
) -> None:
    study = settings()
    study["arms"]["scratch_pytorch"]["weights"] = {"arm": "source"}
    study["arms"]["source"] = {**study["arms"]["scratch_pytorch"], "weights": "none", "label": {"es": "Origen"}}
    study["arms"]["source"]["input"] = {**study["arms"]["source"]["input"], "scaling": "caffe"}
    jobs = make_plan(validate(study), root).jobs
    assert all(job.spec["labels"]["source"] == "Origen" for job in jobs if job.kind == "reports")
    (summary,) = (job for job in jobs if job.kind == "summary")
    taker = next(arm for arm in summary.spec["arms"] if arm["name"] == "scratch_pytorch")
    assert taker["source"] == "source"
    assert [(note["key"], note["source"]) for note in taker["input_notes"]] == [("source_scaling", "source")]
