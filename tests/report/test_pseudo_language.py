"""No word of a report, a page of changes or a figure comes from anywhere but the file of phrases and the data."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import nodes

from study.config import languages
from study.evaluation.files import Summary
from study.reporting import templates
from study.reporting.changes import write_changes
from study.reporting.convert import convert
from study.reporting.document import MissingRun, figure_paths, report_context, write_report
from study.reporting.figures.draw import draw_figures
from study.reporting.figures.names import figure_names
from study.reporting.rendering import render
from study.reporting.specs import ReportSpec
from support.audited import summary_and_audit
from support.parity_findings import all_findings
from support.pseudo_language import mark, of_drawing, of_markdown, of_page, unmarked, write_pseudo_language
from support.published_studies import published
from support.rendered import Study
from support.synthetic_arms import CLAIMS, DOCUMENT, SyntheticArm, digits_arms, document_arms
from support.synthetic_bridges import bridged_study
from support.synthetic_bridges import names as bridge_labels

KEYWORDS = {"title", "subtitle", "partial", "notice", "front", "photo", "alt", "nbsp"}
"""What pandoc reads of a template's own text."""


@pytest.fixture
def marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "languages"
    folder.mkdir()
    write_pseudo_language(folder)
    monkeypatch.setattr(languages, "FOLDER", folder)


def odd_arms() -> list[SyntheticArm]:
    """Arms that give reason to all that a report can warn of."""
    one, other = digits_arms((0, 1))[:2]
    record = {"features": {"seconds": 30.0}, "precision": "bfloat16", "threads": 8}
    frozen = {"frozen": {"layers": ["conv1"]}, "weights": "run", "monitor": "validation", "validation_fraction": 0.2}
    stopping = {"early_stop": {"patience": 1}, "result": "best", "optimiser": {"name": "sgd", "learning_rate": 0.1}}
    leak = {"arm": other.name, "by": ["schedule", "result"], "inherited": True}
    return [
        replace(one, spec={**one.spec, **frozen, **stopping}, collapsed=(1,), records={0: record}, inherited=(leak,)),
        replace(other, section=None, document=None, accuracies={0: 1.0, 1: 1.0}, class_names=one.class_names),
    ]


def with_certificate(summary: Summary, arms: Sequence[SyntheticArm]) -> Summary:
    text = json.dumps(all_findings())
    for label, arm in zip(("one", "two"), arms, strict=False):
        text = text.replace(f'"{label}"', f'"{arm.name}"')
    findings = json.loads(text)
    next(finding for finding in findings if finding["stage"] == "native_distribution")["passed"] = False
    return replace(summary, parity=findings)


STUDIES = {"the document's": lambda: document_arms((0, 1)), "odd": odd_arms, "one seed of digits": digits_arms}
MISSING = (
    MissingRun("scratch_pytorch", 7, "1.1", "runs", "stopped"),
    MissingRun("scratch_pytorch", 8, None, "metrics", None),
)


def data_of(study: Study, labels: dict[str, str]) -> set[str]:
    """The words that are the study's own."""
    arms = study[0].content["arms"]
    mixes = study[0].content["mixed_conditions"]
    statements = {text.rstrip(".") for claim in CLAIMS["claims"] for text in claim["statement"].values()}
    return {
        *labels.values(),
        *statements,
        *(name for arm in arms for name in arm["data"]["class_names"]),
        *(run["device"] for arm in arms for run in arm["runs"]),
        *(str(value["value"]) for mix in mixes for arm in mix["arms"] for value in arm["values"] if value["value"]),
        *(f"{name}.csv" for name in figure_names({arm["name"]: True for arm in arms})),
        DOCUMENT["title"],
        *DOCUMENT["authors"],
    }


def test_no_word_of_bridges_and_controls_is_outside_the_phrases(tmp_path: Path, marked: None) -> None:
    study = bridged_study(tmp_path / "store")
    labels = {arm["name"]: f"({number})" for number, arm in enumerate(study[0].content["arms"])}
    called = bridge_labels()
    data = data_of(study, labels) | {"the recipe", "The recipe", "All at once"}
    data |= {f"{name}.csv" for name in figure_names({}, [bridge.name for bridge in called])}
    spec = ReportSpec(language="en", format="html", study_name="p", labels=labels, bridges=called, template="0" * 64)
    (tmp_path / "figures").mkdir()
    names = draw_figures(tmp_path / "figures", *study, labels, "en", called)
    for name in (name for name in names if name.startswith("waterfall")):
        text = of_drawing((tmp_path / "figures" / f"{name}.svg").read_text(encoding="utf-8"))
        assert "⟦" in text
        assert unmarked(text, data) == []
    text = render("report", report_context(spec, *study, names), "en")
    assert unmarked(of_markdown(text), data) == []
    write_report(spec, *study, figure_paths(tmp_path / "figures", names), tmp_path / "page.html")
    assert unmarked(of_page((tmp_path / "page.html").read_text(encoding="utf-8")), data) == []


@pytest.mark.parametrize("name", STUDIES)
def test_no_word_of_a_report_and_its_figures_is_outside_the_phrases(name: str, tmp_path: Path, marked: None) -> None:
    arms = STUDIES[name]()
    study = summary_and_audit(tmp_path / "store", arms)
    study = (with_certificate(study[0], arms), study[1])
    labels = {arm.name: f"({number})" for number, arm in enumerate(arms)}
    data = data_of(study, labels)
    missing = MISSING if name == "odd" else ()
    spec = ReportSpec(language="en", format="html", study_name="p", labels=labels, template="0" * 64)
    (tmp_path / "figures").mkdir()
    names = draw_figures(tmp_path / "figures", *study, labels, "en")
    drawn = {name: (tmp_path / "figures" / f"{name}.svg").read_text(encoding="utf-8") for name in names}
    assert {name: found for name in names if (found := unmarked(of_drawing(drawn[name]), data))} == {}
    assert all("⟦" in of_drawing(drawn[name]) for name in ("accuracy", "calibration", "classes", "time"))
    text = render("report", report_context(spec, *study, names, missing), "en")
    assert unmarked(of_markdown(text), data) == []
    write_report(spec, *study, figure_paths(tmp_path / "figures", names), tmp_path / "page.html", missing)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert unmarked(of_page(page), data) == []
    assert page.count("⟦") > 300
    assert f"{mark('Figure')} 1." in re.sub("<[^>]*>", "", page)


def test_figures_and_tables_of_a_pdf_have_their_names_from_the_phrases(tmp_path: Path, marked: None) -> None:
    convert("Text.", tmp_path, "en", "typst", tmp_path / "text.typ")
    text = (tmp_path / "text.typ").read_text(encoding="utf-8")
    assert {"⟦Figure⟧", "⟦Table⟧"} <= set(re.findall(r"supplement: \[(.*?)\]", text))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (None, published()),
        (published("a"), published("b")),
        (published(arms=("one", "old")), published(mean=0.7, rate=0.1, verdict="undecided", arms=("one", "new"))),
        (published(sd=None, n=1), published(sd=None, n=1, mean=0.9)),
    ],
)
def test_no_word_of_a_page_of_changes_is_outside_the_phrases(
    before: Any, now: Any, tmp_path: Path, marked: None
) -> None:
    labels = {"one": "(1)", "old": "(2)", "new": "(3)"}
    write_changes(tmp_path / "page.html", "en", labels, 0.95, before, now)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert unmarked(of_page(page), [*labels.values(), "A beats B"]) == []


def test_a_word_outside_the_phrases_is_found() -> None:
    text = mark("It took {time}, {arm}.").format(time="2\u00a0min", arm="(1)")
    assert unmarked(f"{text} really", ["(1)"]) == ["really"]


def printed(node: nodes.Node) -> Iterator[str]:
    """The texts that an expression of a template may print as they are."""
    if isinstance(node, nodes.TemplateData | nodes.Const):
        yield str(node.data if isinstance(node, nodes.TemplateData) else node.value)
    elif isinstance(node, nodes.CondExpr):
        yield from (text for part in (node.expr1, node.expr2) if part is not None for text in printed(part))
    elif isinstance(node, nodes.Concat):
        yield from (text for part in node.nodes for text in printed(part))
    elif isinstance(node, nodes.Filter) and node.node is not None and node.name != "code":
        yield from printed(node.node)


def test_no_template_holds_a_word() -> None:
    environment = jinja2.Environment(autoescape=False)
    for file in templates.FOLDER.glob(f"*{templates.ENDING}"):
        outputs = environment.parse(file.read_text(encoding="utf-8")).find_all(nodes.Output)
        texts = [text for output in outputs for node in output.nodes for text in printed(node)]
        words = {word for text in texts for word in re.findall(r"[^\W\d_]+", text)}
        assert words <= KEYWORDS, file.name
