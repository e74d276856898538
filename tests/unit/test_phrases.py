"""The files of phrases: complete in every language, refused where they are not, and read by nothing that trains."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from babel import Locale

from study.audit.controls import Outcome
from study.audit.findings import Word
from study.config import languages
from study.config.bridges import BridgeSetting
from study.config.claims import Experiment, Quantity, Setting
from study.config.document import Section, Source
from study.errors import StudyError
from study.plan.experiment_specs import ControlKind
from study.recipe.choices import OPTIMISERS
from study.recipe.networks import HeadLayer, Layer, LibraryNetwork
from study.recipe.recipe import Framework
from study.recipe.run import RunSpec
from study.reporting.phrase_files import figures_digest, is_forms, read_phrases
from study.reporting.phrases import phrases_of
from study.reporting.templates import template_digest
from study.store.lineage import code_files
from support.choices import CHOSEN
from support.paths import SCRIPTS
from support.schema_values import examples

LANGUAGES = languages.languages()


def choices(model: Any, field: str) -> list[Any]:
    return [value for value in examples(model.model_fields[field].annotation) if isinstance(value, str | bool)]


def names_of(kind: Any, key: str = "name") -> list[str]:
    return [value[key] for value in examples(kind)]


TABLES: dict[str, Sequence[Any]] = {
    "verdicts": get_args(Word),
    "causes": get_args(Setting),
    "frameworks": get_args(Framework),
    "libraries": choices(LibraryNetwork, "library"),
    "arm.kept": choices(LibraryNetwork, "keep"),
    "network_change.kept": choices(LibraryNetwork, "keep"),
    "splits": choices(RunSpec, "monitor"),
    "recipe.monitor": choices(RunSpec, "monitor"),
    "departure.splits": choices(RunSpec, "monitor"),
    "recipe.precision": choices(RunSpec, "precision"),
    "recipe.order": choices(RunSpec, "shuffle"),
    "departure.orders": choices(RunSpec, "shuffle"),
    "departure.results": choices(RunSpec, "result"),
    "arm.accuracy_seen": choices(RunSpec, "result"),
    "curves.reached": choices(RunSpec, "result"),
    "arm.drawn": [*choices(RunSpec, "init"), *choices(RunSpec, "bias_init")],
    "network_change.kinds": [*names_of(Layer, "type"), *names_of(HeadLayer, "type")],
    "report.sections": get_args(Section),
    "evidence.titles": get_args(Source),
    "reason.departures": get_args(Source),
    "drawing.steps": get_args(BridgeSetting),
    "controls.kinds": [kind for kind in get_args(ControlKind) if kind != "starting_epoch"],
    "controls.outcomes": get_args(Outcome),
    "answer.experiment": choices(Experiment, "role"),
    "reason.above_half": choices(Experiment, "role"),
    "reason.below_half": choices(Experiment, "role"),
}
"""Tables that have a phrase for each of these values and no other."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_a_phrase_for_each_value_of_the_schema_and_no_other(table: str, language: str) -> None:
    found: Any = phrases_of(language).tables
    for name in table.split("."):
        found = found[name]
    assert set(found) == {str(value).lower() if isinstance(value, bool) else str(value) for value in TABLES[table]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_optimiser_has_a_phrase_or_is_shown_as_it_is_configured(language: str) -> None:
    phrases = phrases_of(language)
    assert set(phrases.tables["recipe"]["optimisers"]) <= OPTIMISERS.keys()
    assert phrases.named("recipe.optimisers", "adam") == "Adam"
    assert phrases.named("recipe.optimisers", "lion") == "`lion`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_quantity_and_every_setting_has_a_name(language: str) -> None:
    tables = phrases_of(language).tables
    assert set(get_args(Quantity)) <= set(tables["quantities"])
    assert set(get_args(Setting)) <= set(tables["settings"])


def test_every_file_is_a_language_and_has_the_phrases_of_the_others() -> None:
    assert {"en", "es"} <= set(LANGUAGES)
    for language in LANGUAGES:
        read_phrases(language)


def forms_in(tables: Any) -> list[dict[str, str]]:
    if is_forms(tables):
        return [tables]
    return [forms for value in tables.values() if isinstance(value, dict) for forms in forms_in(value)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    tables = phrases_of(language).tables
    known = {*Locale.parse(tables["locale"]).plural_form.tags, "other"}
    for forms in forms_in(tables):
        assert {name for name in forms if not name.startswith("=")} <= known
        assert "one" in forms or "one" not in known


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = shutil.copytree(languages.FOLDER, tmp_path / "languages")
    monkeypatch.setattr(languages, "FOLDER", folder)
    return folder


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


MISTAKES = [
    ('subtitle = "Repetición del estudio de {authors}"\n', "", "report.subtitle is missing"),
    ('partial = "Informe parcial"\n', 'partial = "Informe parcial"\nlost = "x"\n', "report.lost is no phrase"),
    ("Repetición del estudio de {authors}", "Repetición del estudio", "report.subtitle lacks {authors}"),
    ("Informe parcial", "Informe {which}", "report.partial is not given {which}"),
    ("[report]", "[report", "cannot be read"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), MISTAKES)
def test_a_file_with_a_mistake_is_refused_when_the_study_is_planned(
    old: str, new: str, sentence: str, copied: Path
) -> None:
    change(copied / "es.toml", old, new)
    for digest in (template_digest, figures_digest):
        with pytest.raises(StudyError) as refused:
            digest("es")
        assert str(copied / "es.toml") in str(refused.value)
        assert sentence in str(refused.value)
    template_digest("en")


def test_a_phrase_that_is_not_there_is_named() -> None:
    with pytest.raises(StudyError, match=r"en\.toml: has no phrase report\.steps\.breakfast"):
        phrases_of("en").say("report.steps", "breakfast")
    with pytest.raises(StudyError, match=r"en\.toml: report\.subtitle is not given \{authors\}"):
        phrases_of("en").say("report.subtitle")


def test_a_number_chooses_its_form_and_what_is_filled_in_stays_what_it_is() -> None:
    phrases = phrases_of("es")
    assert [phrases.text("counted.epochs", n=n) for n in (1, 2)] == ["1 época", "2 épocas"]
    assert phrases.text("arm.trained_layers", n=0) == "Antes de la cabeza no se entrena nada;"
    assert phrases.text("lists.quoted", text="*a* {text}") == "«*a* {text}»"
    assert phrases.say("lists.quoted", text="*a* {text}") == "«\\*a\\* \\{text\\}»"
    assert phrases.listed(["a", "b", "c"]) == "a, b y c"
    assert phrases_of("en").listed(["a", "b", "c"]) == "a, b and c"


def test_figures_depend_on_their_own_phrases_and_reports_on_all(copied: Path) -> None:
    def digests() -> tuple[str, str, str]:
        return figures_digest("es"), template_digest("es"), template_digest("en")

    first = digests()
    change(copied / "es.toml", "Informe parcial", "Informe incompleto")
    second = digests()
    assert [old == new for old, new in zip(first, second, strict=True)] == [True, False, True]
    change(copied / "es.toml", 'epoch = "Época"', 'epoch = "Vuelta"')
    third = digests()
    assert [old == new for old, new in zip(second, third, strict=True)] == [False, False, True]


def test_what_computes_reads_no_phrases() -> None:
    drawing = {"figures.py", "report.py", "publish.py", "partial_report.py"}
    for program in SCRIPTS.glob("*.py"):
        files = {path for path, _ in code_files(program, **CHOSEN)}
        if program.name not in drawing and "study/plan/planner.py" not in files:
            assert not {path for path in files if path.startswith("study/reporting/")}, program.name
