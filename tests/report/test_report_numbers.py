"""The report's numbers stand where they belong: by run, by class, and at the ends of the figures' bars."""

import re
from dataclasses import replace

import pypandoc
import pytest
from matplotlib.figure import Figure

from study.audit.files import Audit
from study.evaluation.files import Summary
from study.reporting.document import report_context
from study.reporting.figures.accuracy import _row, accuracy_table
from study.reporting.figures.names import figure_names
from study.reporting.phrases import phrases_of
from study.reporting.rendering import render
from study.reporting.specs import ReportSpec
from support.audited import summary_and_audit
from support.synthetic_arms import document_arms

EN = phrases_of("en").numbers


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Audit]:
    """Two arms whose runs differ in all that the table of runs shows."""
    arms = []
    for number, arm in enumerate(document_arms()[:2]):
        accuracies = {seed: 0.5 + 0.1 * number + 0.035 * seed for seed in (0, 1, 2)}
        records = {
            seed: {"seconds": 100.0 * (3 * number + seed + 1), "device": {"kind": "cpu", "name": f"d{number}{seed}"}}
            for seed in accuracies
        }
        arms.append(replace(arm, accuracies=accuracies, records=records, collapsed=(2,) if number else ()))
    return summary_and_audit(tmp_path_factory.mktemp("numbers"), arms)


@pytest.fixture(scope="module")
def text(study: tuple[Summary, Audit]) -> str:
    names = figure_names({arm["name"]: True for arm in study[0].content["arms"]})
    spec = ReportSpec(language="en", format="html", study_name="p", labels={}, template="0" * 64)
    written = render("report", report_context(spec, *study, names), "en")
    return re.sub(r"\\(.)", r"\1", written)  # without Markdown's escapes


def test_the_table_of_runs_has_each_runs_own_numbers(study: tuple[Summary, Audit], text: str) -> None:
    table = text[text.index("# All runs") :]
    for arm in study[0].content["arms"]:
        for run in arm["runs"]:
            row = next(line for line in table.splitlines() if line.endswith(f" {run['device']} |"))
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            assert cells[:2] == [arm["name"], str(run["seed"])]
            assert cells[2] == EN.percent(run["test_accuracy"]) + (" (did not learn)" if run["collapsed"] else "")
            assert cells[3] == EN.decimal(run["log_loss"], 3)
            assert cells[4:] == [EN.duration(run["seconds_shared"]), run["device"]]
            assert run["test_accuracy"] == pytest.approx(
                {0: 0.5, 1: 0.6}[int(run["device"][1])] + 0.035 * run["seed"], abs=1e-12
            )


def test_the_confusion_and_the_best_and_worst_class_are_those_of_the_arm(
    study: tuple[Summary, Audit], text: str
) -> None:
    for arm in study[0].content["arms"]:
        names, counts = arm["data"]["class_names"], arm["confusion"]
        assert counts != [list(column) for column in zip(*counts, strict=True)]  # asymmetric: transposing shows
        shares = {
            (counts[true][other] / sum(counts[true]), names[true], names[other])
            for true in range(10)
            for other in range(10)
            if true != other
        }
        most = max(share for share, _, _ in shares)
        told = r"The most frequent mistake: (\S+) of the images of (\w+) are taken for (\w+)\."
        pattern = rf"{arm['name']}: confusion matrix\. {told}"
        found = re.search(pattern, text)
        assert found is not None
        assert found.group(1) == EN.percent(most, 1)
        assert (most, found.group(2), found.group(3)) in shares
        accuracies = {names[row["class"]]: row["accuracy"] for row in arm["per_class"]}
        best, worst = max(accuracies.values()), min(accuracies.values())
        ends = re.search(
            rf"Confusion matrix of {arm['name']}\. The class recognised best is (\w+), with (\S+); "
            r"the worst is (\w+), with (\S+)\.",
            text,
        )
        assert ends is not None
        assert accuracies[ends.group(1)] == best
        assert accuracies[ends.group(3)] == worst
        assert (ends.group(2), ends.group(4)) == (EN.percent(best), EN.percent(worst))


def test_the_figures_bars_end_where_the_intervals_do(study: tuple[Summary, Audit]) -> None:
    summary, found = study
    table = accuracy_table(summary.content["arms"], found)
    intervals = found.intervals[found.intervals["runs"] == "all"].set_index("arm")
    for number, (arm, rows) in enumerate(table.groupby("arm")):
        bars = {}
        for what in ("these_images", "new_images"):
            (bar,) = rows[rows["what"] == what][["low", "high"]].to_numpy().tolist()
            assert bar == [intervals.loc[arm, f"{what}_low"], intervals.loc[arm, f"{what}_high"]]
            bars[what] = [100 * min(max(end, 0.0), 1.0) for end in bar]
        axes = Figure().subplots()
        _row(axes, rows, number)
        drawn = {line.get_linewidth(): list(line.get_xdata()) for line in axes.lines if len(line.get_xdata()) == 2}
        thin, thick = min(drawn), max(drawn)
        assert drawn[thick] == pytest.approx(bars["these_images"], abs=1e-9)  # percent of float64 fractions
        assert drawn[thin] == pytest.approx(bars["new_images"], abs=1e-9)
        seeds = rows[rows["what"] == "seed"].set_index("of")["accuracy"].to_dict()
        arm_runs = next(item["runs"] for item in summary.content["arms"] if item["name"] == arm)
        assert seeds == {run["seed"]: run["test_accuracy"] for run in arm_runs}


LEAKS = {
    "own": (
        [{"arm": "a", "by": ["schedule", "early_stop", "result"], "inherited": False}],
        "The test set steered the training: its accuracy governed the learning rate, chose when to stop and chose the "
        "epoch of the result. This model’s",
        "El conjunto de prueba dirigió el entrenamiento: su exactitud gobernó la tasa de aprendizaje, decidió cuándo "
        "parar y eligió la época del resultado. La cifra",
    ),
    "inherited": (
        [{"arm": "source", "by": ["result"], "inherited": True}],
        "The test set steered the training of “source”, whose parameters this model starts from: its accuracy chose "
        "the epoch of the result. This model’s",
        "El conjunto de prueba dirigió el entrenamiento de «source», de cuyos parámetros parte este modelo: su "
        "exactitud eligió la época del resultado. La cifra",
    ),
    "inherited from an arm of the study": (
        [{"arm": "scratch_tensorflow", "by": ["schedule"], "inherited": True}],
        "The test set steered the training of “scratch_tensorflow”, whose parameters this model starts from: its "
        "accuracy governed the learning rate. This model’s",
        "El conjunto de prueba dirigió el entrenamiento de «scratch_tensorflow», de cuyos parámetros parte este "
        "modelo: su exactitud gobernó la tasa de aprendizaje. La cifra",
    ),
}


@pytest.mark.parametrize("case", LEAKS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_leak_is_said_with_its_arm_and_its_ways(study: tuple[Summary, Audit], case: str, language: str) -> None:
    leaks, english, spanish = LEAKS[case]
    arms = [{**arm, "leaks": leaks if number == 0 else []} for number, arm in enumerate(study[0].content["arms"])]
    content = {**study[0].content, "arms": arms}
    spec = ReportSpec(language=language, format="html", study_name="p", labels={}, template="0" * 64)  # type: ignore[arg-type]
    names = figure_names({arm["name"]: True for arm in arms})
    context = report_context(spec, replace(study[0], content=content), study[1], names)
    markdown = render("report", context, language)
    text = pypandoc.convert_text(markdown, "plain", format="markdown-smart", extra_args=["--wrap=none"])
    assert (english if language == "en" else spanish) in text.replace("\n", " ")
    watched = {"en": "did not influence this training", "es": "no influyó en este entrenamiento"}[language]
    assert text.count(watched) == (1 if case == "own" else 2)
