"""What the report says of a study, as text."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pypandoc
import pytest

from study.reporting.markdown import code, escape
from support.audited import summary_and_audit
from support.reports import NASTY, front, plain, report_text
from support.synthetic_arms import digits_arms, document_arms

LINES = ["1. uno", "# uno", "- uno", "> uno", "| uno", "...", "--", "---", "uno\ndos"]


@pytest.mark.parametrize("text", [NASTY, *LINES])
def test_escaped_text_comes_out_as_it_was(text):
    assert plain(escape(text)).strip("\n") == text.replace("\n", " ")


@pytest.mark.parametrize("text", ["conv 64, *", "a`b", "``"])
def test_code_comes_out_as_it_was(text):
    html = pypandoc.convert_text(code(text), "html", format="markdown-smart")
    assert "".join(ElementTree.fromstring(html).itertext()) == text


def test_every_number_comes_from_the_summary(full):
    summary = replace(full[0], content=json.loads(json.dumps(full[0].content)))
    arm = summary.content["arms"][2]
    arm["statistics"]["test_accuracy"] |= {"mean": 0.12346, "sd": 0.00678}
    arm["document"] |= {"printed": "43.21%", "test_accuracy": 0.4321}
    text = plain(report_text(summary, full[1]))
    assert text.count("12,35\u00a0±\u00a00,68\u00a0%") == 3  # in its section and in the table, which stands twice
    assert text.count("43,21\u00a0%") == 3
    assert "−30,86" in text


def test_a_faithful_study_has_the_documents_sections_and_no_notice(full):
    text = plain(report_text(full[0], full[1], {"scratch_pytorch": "Desde cero con PyTorch"}))
    for heading in ("1 AlexNet", "1.1 Desde cero con PyTorch", "1.2 scratch_tensorflow", "2.1 ", "2.2 ", "3 Compar"):
        assert f"\n{heading}" in text
    assert "reducida" not in text
    assert "61,59\u00a0%" in text
    assert "El conjunto de prueba dirigió el entrenamiento" in text


def test_a_reduced_study_says_so_first(tmp_path):
    summary, found = summary_and_audit(tmp_path, digits_arms((0, 1, 2)), train_images=300)
    text = report_text(summary, found)
    notice = text[text.index("notice:") : text.index("# Introducción")]
    assert notice.split("\n")[1].startswith("  **Ejecución reducida: no reproduce el estudio del documento.**")
    assert "dígitos manuscritos de scikit-learn" in notice
    assert "300 imágenes de entrenamiento, en lugar de 500" in plain(notice)
    assert text.count("Evidencia reducida, que solo habla de la dirección") == 3
    assert "Difiere de él en los datos y el número de imágenes de entrenamiento." in notice


def test_arms_without_section_and_collapsed_runs_are_shown(tmp_path):
    extra = replace(document_arms()[0], name="extra", section=None, document=None, collapsed=(1,))
    summary, found = summary_and_audit(tmp_path, [*document_arms((0,)), extra])
    text = plain(report_text(summary, found, {"extra": "Otra red"}))
    assert "\nOtros modelos\n" in text
    assert "\nOtra red\n" in text
    assert "«Otra red» incluye una ejecución que no aprendió nada." in text
    assert "Una ejecución no aprendió nada" in text


def test_the_networks_structure_is_rendered_from_its_settings(full):
    text = plain(report_text(full[0], full[1]))
    assert "Convolución 11 × 11, 64 filtros, paso 4, relleno 2, ReLU" in text
    assert "64\u00a0×\u00a055\u00a0×\u00a055" in text
    assert "Capas convolucionales: 5; de max pooling: 3; densas: 3." in text
    assert "Densa, 1024 unidades, ReLU" in text


def test_the_first_page_asks_shows_the_table_and_answers_each_conclusion(full):
    text = front(report_text(*full))
    assert text.index("La pregunta.") < text.index("61,59") < text.index("La respuesta.")
    assert re.findall(r"^ *(\d)\.", text[text.index("La respuesta.") :], re.MULTILINE) == ["1", "2", "3"]


def test_a_confounded_comparison_is_marked(tmp_path):
    arms = [
        replace(arm, records={0: {"precision": "bfloat16"}, 1: {"precision": "bfloat16"}})
        if arm.name == "scratch_pytorch"
        else arm
        for arm in document_arms((0, 1))
    ]
    found = summary_and_audit(tmp_path, arms)
    marks = found[1].comparisons.set_index(["arm", "other"])["confounded_by"].to_dict()
    assert {pair: mark for pair, mark in marks.items() if "scratch_pytorch" in pair} == {
        pair: "precision" for pair in marks if "scratch_pytorch" in pair
    }
    for language, words in (("es", "difieren en la aritmética)"), ("en", "they differ in arithmetic)")):
        text = plain(report_text(*found, language=language))
        assert words in text
        assert text.count("†") == 1 + sum(mark != "" for mark in marks.values())


def test_mixed_conditions_are_a_warning_and_none_are_none(tmp_path):
    names = ("scratch_pytorch", "scratch_tensorflow")
    alike = summary_and_audit(tmp_path / "plain", document_arms((0, 1)))
    assert alike[0].content["mixed_conditions"] == []
    assert "Condiciones mezcladas" not in report_text(*alike)
    arms = [
        replace(arm, records={1: {"threads": 8}}) if arm.name == "scratch_pytorch" else arm
        for arm in document_arms((0, 1))
        if arm.name in names
    ]
    mixed, labels = summary_and_audit(tmp_path / "mixed", arms), dict(zip(names, ("A", "B"), strict=True))
    spanish, english = (plain(report_text(*mixed, labels=labels, language=language)) for language in ("es", "en"))
    assert "Condiciones mezcladas." in spanish
    assert "el número de hilos: «A»: 2 (semilla 0), 8 (semilla 1); «B»: 2." in spanish
    assert "Mixed conditions." in english
    assert "the number of threads: “A”: 2 (seed 0), 8 (seed 1); “B”: 2." in english
