"""What the report and its figures say of bridges and controls is what the audit's tables say."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from study.audit.files import Audit
from study.config.languages import Language
from study.evaluation.files import Summary
from study.reporting.bridges import shown_bridges
from study.reporting.document import report_context
from study.reporting.figures.draw import accuracy_of, draw_figures
from study.reporting.figures.names import figure_names
from study.reporting.figures.waterfall import DIRECTIONS, draw_waterfall, waterfall_table
from study.reporting.phrases import phrases_of, phrases_of_figures
from study.reporting.rendering import render
from support.reports import plain, report_spec
from support.synthetic_arms import document_arms
from support.synthetic_bridges import BRIDGES, END, FRAMEWORKS, PARTLY, START, WHOLE, bridged_study, names

EN = phrases_of("en").numbers
Bridged = tuple[Summary, Audit]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Bridged:
    return bridged_study(tmp_path_factory.mktemp("bridged"))


def written(study: Bridged, language: Language = "en") -> str:
    drawn = figure_names({arm["name"]: True for arm in study[0].content["arms"]}, [item.name for item in BRIDGES])
    spec = report_spec(language).model_copy(update={"bridges": names(language)})
    return render("report", report_context(spec, *study, drawn), language)


def section(text: str, title: str) -> str:
    """From a heading to the next of the same level, without Markdown's escapes."""
    text = re.sub(r"\\(.)", r"\1", text)
    level, _, _ = title.partition(" ")
    return re.split(rf"^#{{1,{len(level)}}} ", text[text.index(f"{title}\n") + len(title) :], flags=re.MULTILINE)[0]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def effect(row: Any) -> str:
    return f"{EN.points(row['effect'])} ({EN.points(row['low'])} to {EN.points(row['high'])})"


def test_the_table_of_a_bridge_has_the_numbers_of_the_audit(study: Bridged) -> None:
    rows = study[1].bridges[(study[1].bridges["bridge"] == FRAMEWORKS.name) & (study[1].bridges["runs"] == "all")]
    known = {(row["part"], row["step"] if isinstance(row["step"], str) else None): row for _, row in rows.iterrows()}
    text = section(written(study), f"## From “{START}” to “{END}”")
    table = {cells(line)[0]: cells(line)[1:] for line in text.splitlines() if line.startswith("| ")}
    titles = {"framework": "The framework", "defaults": "The framework’s default values", "recipe": "The recipe"}
    lines = [cells(line) for line in text[: text.index("![")].splitlines() if line.startswith("| ")]
    assert [line[0] for line in lines[1:4]] == list(titles.values())
    for (step, _), line in zip(titles.items(), lines[1:], strict=False):
        assert line[1:4] == [effect(known[part, step]) for part in ("from_start", "from_end", "interaction")]
        assert line[4] == EN.points(known["share", step]["effect"])
    rest, whole, chance = lines[4:7]
    assert rest[1:3] == [effect(known[part, None]) for part in ("rest_from_start", "rest_from_end")]
    assert whole[1:3] == [effect(known["gap", None])] * 2
    assert chance[1] == f"± {EN.decimal(100 * known['gap', None]['noise'], 2)}"
    assert "Seeds per model" in text
    open_ = known["from_start", "framework"]
    assert table["The framework"][0] == f"{open_['seeds_fewest']:.0f} to {open_['seeds_most']:.0f}"
    assert table["The recipe"] == ["decided"] * 3


def test_steps_are_read_by_what_is_shown_from_each_end(study: Bridged) -> None:
    (shown, partly, whole) = shown_bridges(names(), study[1].bridges, 0.05, phrases_of("en")).values()
    assert [shown.read(step) for step in shown.steps] == ["none", "opposite", "both"]
    assert [shown.shown(step, "interaction") for step in shown.steps] == [False, True, True]
    assert [step.label for step in partly.steps] == ["the framework", "the recipe"]
    assert whole.label == "All at once"
    text = written(study)
    first = section(text, f"## From “{START}” to “{END}”")
    assert "Changing the framework’s default values does the opposite from either end: +6." in first
    assert (
        "One step, the recipe, changes all of these: the network, the learning rate and the order of the images."
        in (first)
    )
    assert "Changing the recipe is shown to move the accuracy from both ends: by +13." in first
    assert "From neither end is changing the following shown to move the accuracy: the framework." in first
    assert "The steps are not all in which the two differ." in text
    assert "The two differ in the network and in nothing else" in section(text, "## All at once")


def test_without_a_second_seed_nothing_is_shown(tmp_path: Path) -> None:
    study = bridged_study(tmp_path, seeds=(0,))
    text = section(written(study), f"## From “{START}” to “{END}”")
    assert "Without at least two seeds whose results differ there is no interval" in text
    assert "Seeds per model" not in text
    assert "shown to move" not in text


def test_a_bridge_of_which_nothing_was_measured_says_so(tmp_path: Path, study: Bridged) -> None:
    nothing = replace(study[1], bridges=study[1].bridges.iloc[:0])
    assert written((study[0], nothing)).count("Nothing can be said of this bridge") == len(BRIDGES)
    table = waterfall_table(names()[0], nothing.bridges, 0.5)
    draw_waterfall(tmp_path / "a.svg", table, names()[0], {}, phrases_of_figures("en"))
    assert "nothing measured" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_effects_without_collapsed_runs_stand_beside_those_of_all(study: Bridged) -> None:
    changed = study[1].bridges.copy()
    changed.loc[changed["runs"] == "learned", "effect"] += 0.01
    text = section(written((study[0], replace(study[1], bridges=changed))), f"## From “{START}” to “{END}”")
    row = changed[
        (changed["bridge"] == FRAMEWORKS.name)
        & (changed["runs"] == "learned")
        & (changed["part"] == "from_start")
        & (changed["step"] == "recipe")
    ].iloc[0]
    line = next(line for line in text.splitlines() if line.startswith("| The recipe (without those"))
    assert cells(line)[1] == effect(row)


def test_a_study_without_bridges_and_controls_has_no_such_section(full: Bridged) -> None:
    text = render("report", report_context(report_spec("en"), *full, []), "en")
    assert "Bridges and controls" not in text


@pytest.mark.parametrize("bridge", [0, 1, 2])
def test_a_waterfall_goes_from_one_accuracy_to_the_other(study: Bridged, bridge: int) -> None:
    summary, found = study
    item = names()[bridge]
    start, end = (accuracy_of(summary, arm) for arm in (item.start, item.end))
    table = waterfall_table(item, found.bridges, start)
    of_bridge = found.bridges[(found.bridges["bridge"] == item.name) & (found.bridges["runs"] == "all")]
    for direction in DIRECTIONS:
        rows = table[table["direction"] == direction].to_dict("records")
        assert [row["what"] for row in (rows[0], rows[-1])] == ["start", "end"]
        assert [row["step"] for row in rows if row["what"] == "step"] == [step.name for step in item.steps]
        assert (rows[0]["to"], rows[-1]["to"]) == pytest.approx((start, end), abs=1e-12)
        for before, after in pairwise(rows[:-1]):
            assert after["from"] == before["to"]
            assert after["to"] == pytest.approx(after["from"] + after["effect"], abs=1e-12)
        assert rows[-2]["to"] == pytest.approx(rows[-1]["to"], abs=1e-12)
        effects = of_bridge[of_bridge["part"] == direction].set_index("step")
        for row in rows:
            if row["what"] == "step":
                assert [row[k] for k in ("effect", "low", "high")] == list(
                    effects.loc[row["step"], ["effect", "low", "high"]]
                )


def test_waterfalls_are_drawn_as_planned_and_alike(tmp_path: Path, study: Bridged) -> None:
    arms = {arm.name: True for arm in document_arms()}
    planned = figure_names(arms, [item.name for item in BRIDGES])
    labels = {arm: arm for arm in arms}
    files = []
    for number in "ab":
        (tmp_path / number).mkdir()
        assert set(draw_figures(tmp_path / number, *study, labels, "es", names("es"))) == set(planned)
        files.append({name: (tmp_path / number / f"waterfall-{name}.svg").read_bytes() for name in LABELS})
    assert files[0] == files[1]
    for name, words in LABELS.items():
        text = files[0][name].decode()
        assert [word for word in words if f"<!-- {word} -->" not in text] == []
    data = pd.read_csv(tmp_path / "a" / "waterfall-frameworks.csv")
    assert len(data) == 2 * (1 + 3 + 1 + 1)


LABELS = {
    FRAMEWORKS.name: ["El framework", "La receta", "Juntos (interacción)", "dado solo, desde el inicio", "solo azar"],
    PARTLY.name: ["El framework", "La receta", "mayor", "menor"],
    WHOLE.name: ["La red", START.replace("scratch", "pretrained"), "menor"],
}


def test_controls_say_what_had_to_be_and_what_was(study: Bridged) -> None:
    text = section(written(study), "## Controls")
    lines = [cells(line) for line in text.splitlines() if line.startswith("| ")][1:]
    rows = study[1].controls[study[1].controls["kind"] != "starting_epoch"]
    assert len(lines) == len(rows) == 6
    for line, (_, row) in zip(lines, rows.iterrows(), strict=True):
        assert line[1] == START
        write = {"difference": EN.points, "largest_loss_difference": EN.scientific}.get(row["quantity"], EN.percent)
        limits = "" if pd.isna(row["low"]) else f" ({write(row['low'])} to {write(row['high'])})"
        assert line[3:5] == [write(row["expected"]), write(row["value"]) + limits]
        assert line[5] == {"passed": "as it had to be", "open": "open"}[row["outcome"]]
    starts = study[1].controls[study[1].controls["kind"] == "starting_epoch"].set_index("epoch")
    best = starts["value"].idxmin()
    assert set(starts["outcome"]) == {"measured"}
    told = re.search(r"best if (\d+) epochs? had gone .* then (\S+) points .* and (\S+) if the first", text)
    assert told is not None
    expected = (f"{best:.0f}", *(EN.decimal(100 * starts.loc[epoch, "value"], 2) for epoch in (best, 0)))
    assert told.groups() == expected


def test_a_first_epoch_that_fits_best_as_a_first_one_is_told_so(study: Bridged) -> None:
    changed = study[1].controls.copy()
    changed.loc[changed["epoch"] == 0, "value"] = 0.001
    text = written((study[0], replace(study[1], controls=changed)))
    assert "the first fits a first epoch of “scratch\\_pytorch” best" in text


def test_each_conclusion_says_whether_it_repeats_and_what_the_experiment_shows(study: Bridged) -> None:
    (item,) = (item for item in study[1].claims if item["id"] == "frameworks_cause")
    assert (item["verdict"], item["reason"]) == ("contradicted", "below_half")
    found = item["evidence"]
    effect, half = found["effect"]["all"], found["comparison"]["all"]["difference"] / 2
    numbers = {
        language: [write.points(value) for value in (effect["value"], *effect["interval"], half)]
        for language, write in (("en", EN), ("es", phrases_of("es").numbers))
    }
    english, spanish = (" ".join(answers(written(study, language)).split()) for language in ("en", "es"))
    assert (
        "as the document concludes. The experiment refutes that it is due to the framework: changing the framework "
        "moves the accuracy by {} points ({} to {}), and half of the difference is {}.".format(*numbers["en"])
    ) in english
    assert (
        "como concluye el documento. El experimento refuta que se deba al framework: cambiar el framework mueve la "
        "exactitud {} puntos (de {} a {}), y la mitad de la diferencia es {}.".format(*numbers["es"])
    ) in spanish
    assert "The 93% that the document gives as the test accuracy of section 2.1 is its training accuracy." in english


def answers(text: str) -> str:
    """The first page of a report in any language, as plain text."""
    return plain(text[text.index("::: front") : text.index("\n# ")])


def test_a_figure_that_is_no_training_accuracy_is_not_called_one(study: Bridged) -> None:
    quantities = json.loads(json.dumps(study[1].quantities))
    for item in quantities:
        if item["id"] == "pretrained_pytorch_test" and item["basis"] == "curves":
            item["answer"]["ties"] = ["test_accuracy"]
    assert "is its training accuracy" not in written((study[0], replace(study[1], quantities=quantities)))
