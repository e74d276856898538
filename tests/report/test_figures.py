"""Figures as they are drawn, and reports with figures as files."""

import hashlib
from xml.etree import ElementTree

import pytest

from study.errors import StudyError
from study.reporting.document import write_report
from study.reporting.figures.classes import confusion_table, draw_confusion
from study.reporting.figures.names import figure_files, figure_names
from study.reporting.figures.training import curves_table, draw_curves
from study.reporting.phrases import phrases_of_figures
from support.reports import draw, report_spec
from support.synthetic_arms import document_arms

WORDS = phrases_of_figures("es")


def test_figures_are_alike_whenever_they_are_drawn(tmp_path, full, drawn):
    digests = []
    for folder, names in ((drawn.folder, drawn.names), (tmp_path / "again", draw(tmp_path / "again", *full))):
        files = figure_files(names)
        digests.append([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == 2 * (6 + 4 * 3)


@pytest.mark.parametrize("file_format", ["html", "pdf"])
def test_reports_are_alike_whenever_they_are_written(tmp_path, full, drawn, file_format):
    pages = [tmp_path / f"{number}.{file_format}" for number in range(3)]
    for page in pages:
        write_report(report_spec(file_format=file_format), *full, drawn.paths(), page)
    assert len({page.read_bytes() for page in pages}) == 1


def test_figures_are_drawn_that_are_planned(drawn):
    assert set(drawn.names) == set(figure_names({arm.name: True for arm in document_arms()}))


def test_curves_have_a_line_for_every_seed_and_split(tmp_path, full):
    summary, found = full
    epochs = summary.epochs[summary.epochs["arm"] == "scratch_pytorch"]
    authors = found.curves[found.curves["section"] == "1.1"]
    table = curves_table(epochs, authors)
    assert table.groupby(["source", "split"]).size().to_dict() == {
        ("authors", "train"): 10,
        ("authors", "monitor"): 10,
        ("here", "train"): 9,
        ("here", "monitor"): 9,
    }
    draw_curves(tmp_path / "a.svg", table, "test", WORDS)
    unwatched = curves_table(epochs.assign(monitor_loss=None, monitor_accuracy=None), authors.iloc[:0])
    draw_curves(tmp_path / "b.svg", unwatched, "none", WORDS)
    colours = {name: (tmp_path / f"{name}.svg").read_text(encoding="utf-8").lower().count("#d55e00") for name in "ab"}
    assert colours["a"] > 0
    assert colours["b"] == 0


def test_confusion_shows_a_class_without_images_and_names_as_they_are(tmp_path):
    draw_confusion(tmp_path / "c.svg", confusion_table([[3, 1], [0, 0]], ["$a_b$", "<c>"]), WORDS)
    assert ElementTree.parse(tmp_path / "c.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(("file_format", "lost"), [("html", "time.svg"), ("html", "time.csv"), ("pdf", "time.svg")])
def test_a_missing_figure_or_its_missing_data_fails(tmp_path, full, drawn, file_format, lost):
    paths = drawn.paths()
    del paths[lost]
    with pytest.raises(StudyError, match="could not be converted"):
        write_report(report_spec(file_format=file_format), *full, paths, tmp_path / f"report.{file_format}")
