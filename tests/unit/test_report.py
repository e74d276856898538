import hashlib
import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pypandoc
import pytest

from study.errors import StudyError
from study.evaluation.results import read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import epochs_table
from study.reporting import templates
from study.reporting.document import ReportSpec, draw_figures, report_context, write_report
from study.reporting.figures import draw_confusion, draw_curves
from study.reporting.languages import WORDS, count, decimal, duration, percent, points, printed_percent, spread
from study.reporting.markdown import code, escape, render
from study_results import digits_arms, document_arms, make_study

WORD = WORDS["es"]
NASTY = 'Red <b>&</b> | *n* _k_ $x$ `c` [l](u) #1 "q" ~s~ ^u^ @z \\ — ñ'


def summary_and_epochs(store, arms, **images):
    study = make_study(store, arms, **images)
    spec = SummarySpec.model_validate(study.summary_job.spec)
    results = read_results(store, study.summary_job, spec)
    return json.loads(json.dumps(summarise(spec, results))), epochs_table(results)


def report_text(summary, labels=None):
    spec = ReportSpec(language="es", format="html", study_name="prueba", labels=labels or {}, template="0" * 64)
    figures = {(f, arm["name"]): f"{f}-{arm['name']}.svg" for f in ("curves", "confusion") for arm in summary["arms"]}
    return render(templates.FOLDER, "report.es.md.j2", report_context(spec, summary, figures))


def plain(markdown):
    return pypandoc.convert_text(markdown, "plain", format="markdown-smart", extra_args=["--wrap=none"])


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return summary_and_epochs(tmp_path_factory.mktemp("full"), document_arms())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(0.6159), "61,59\u00a0%"),
        (percent(1.0), "100,00\u00a0%"),
        (points(0.1875), "+18,75"),
        (points(-0.032), "−3,20"),
        (points(-0.00001), "+0,00"),
        (spread(0.62, 0.01), "62,00\u00a0±\u00a01,00\u00a0%"),
        (spread(0.62, None), "62,00\u00a0%"),
        (printed_percent("93%"), "93\u00a0%"),
        (printed_percent("61.59 %"), "61,59\u00a0%"),
        (decimal(5e-05), "0,00005"),
        (decimal(70.0), "70"),
        (decimal(np.float64(0.25)), "0,25"),
        (count(9216), "9216"),
        (count(50_000), "50\u00a0000"),
        (duration(4.24), "4,2\u00a0s"),
        (duration(150), "2\u00a0min 30\u00a0s"),
        (duration(3900), "1\u00a0h 05\u00a0min"),
    ],
)
def test_numbers_are_written_as_in_spanish(written, expected):
    assert written == expected


LINES = ["1. uno", "# uno", "- uno", "> uno", "| uno", "...", "--", "---", "uno\ndos"]


@pytest.mark.parametrize("text", [NASTY, *LINES])
def test_escaped_text_comes_out_as_it_was(text):
    assert plain(escape(text)).strip("\n") == text.replace("\n", " ")


@pytest.mark.parametrize("text", ["conv 64, *", "a`b", "``"])
def test_code_comes_out_as_it_was(text):
    html = pypandoc.convert_text(code(text), "html", format="markdown-smart")
    assert "".join(ElementTree.fromstring(html).itertext()) == text


def test_a_number_without_a_form_is_refused():
    with pytest.raises(TypeError, match=r"prints 0\.5; give it through a filter"):
        escape(0.5)


def test_every_number_comes_from_the_summary(full):
    summary = json.loads(json.dumps(full[0]))
    arm = summary["arms"][2]
    arm["statistics"]["test_accuracy"] |= {"mean": 0.12346, "sd": 0.00678}
    arm["document"] |= {"printed": "43.21%", "test_accuracy": 0.4321}
    text = plain(report_text(summary))
    assert text.count("12,35\u00a0±\u00a00,68\u00a0%") == 2  # in its section and in the table
    assert text.count("43,21\u00a0%") == 2
    assert "−30,86" in text


def test_no_accuracy_is_typed_into_a_template():
    for file in templates.template_files("es"):
        text = file.read_text(encoding="utf-8")
        for figure in ("61,59", "61.59", "80,34", "80.34", "76,08", "96,32", "93 %", "67 %", "18,75"):
            assert figure not in text, (file.name, figure)


def test_a_faithful_study_has_the_documents_sections_and_no_notice(full):
    text = plain(report_text(full[0], {"scratch_pytorch": "Desde cero con PyTorch"}))
    for heading in ("1 AlexNet", "1.1 Desde cero con PyTorch", "1.2 scratch_tensorflow", "2.1 ", "2.2 ", "3 Compar"):
        assert f"\n{heading}" in text
    assert "reducida" not in text
    assert "61,59\u00a0%" in text
    assert text.count("van en el mismo sentido") == 3
    assert "El conjunto de prueba dirigió el entrenamiento" in text


def test_a_reduced_study_says_so_first(tmp_path):
    summary, _ = summary_and_epochs(tmp_path, digits_arms(), train_images=300)
    text = report_text(summary)
    notice = text[text.index("notice:") : text.index("# Introducción")]
    assert notice.split("\n")[1].startswith("  **Ejecución reducida: no reproduce el estudio del documento.**")
    assert "dígitos manuscritos de scikit-learn" in notice
    assert "300 imágenes de entrenamiento, en lugar de 500" in plain(notice)
    assert text.count("no confirma ni desmiente") == 3


def test_conclusions_that_results_do_not_carry_are_not_repeated(tmp_path):
    arms = document_arms()[:3]
    arms[0] = replace(arms[0], accuracies={0: 0.9, 1: 0.91, 2: 0.92})
    summary, _ = summary_and_epochs(tmp_path, arms)
    text = plain(report_text(summary))
    assert text.count("Nuestros resultados van en sentido contrario.") == 2
    assert "mismo sentido" not in text
    assert "Esta parte del documento no formó parte de esta ejecución." in text
    assert "esta ejecución no incluye los dos modelos" in text


def test_arms_without_section_and_collapsed_runs_are_shown(tmp_path):
    extra = replace(document_arms()[0], name="extra", section=None, document=None, collapsed=(1,))
    summary, _ = summary_and_epochs(tmp_path, [*document_arms((0,)), extra])
    text = plain(report_text(summary, {"extra": "Otra red"}))
    assert "\nOtros modelos\n" in text
    assert "\nOtra red\n" in text
    assert "«Otra red» incluye una ejecución que no aprendió nada." in text
    assert "Una ejecución no aprendió nada" in text


def test_the_networks_structure_is_rendered_from_its_settings(full):
    text = plain(report_text(full[0]))
    assert "Convolución 11 × 11, 64 filtros, paso 4, relleno 2, ReLU" in text
    assert "64\u00a0×\u00a055\u00a0×\u00a055" in text
    assert "Capas convolucionales: 5; de max pooling: 3; densas: 3." in text
    assert "Densa, 1024 unidades, ReLU" in text


def test_figures_are_alike_whenever_they_are_drawn(tmp_path, full):
    summary, epochs = full
    digests = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        files = draw_figures(folder, summary, epochs, "es").values()
        digests.append([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == 8


def test_curves_have_a_line_for_every_seed_and_split(tmp_path, full):
    _, epochs = full
    draw_curves(tmp_path / "a.svg", epochs[epochs["arm"] == "scratch_pytorch"], "test", WORD)
    nothing = epochs.assign(monitor_loss=None, monitor_accuracy=None)
    draw_curves(tmp_path / "b.svg", nothing[nothing["arm"] == "scratch_pytorch"], "none", WORD)
    colours = {name: (tmp_path / f"{name}.svg").read_text(encoding="utf-8").lower().count("#d55e00") for name in "ab"}
    assert colours["a"] > 0
    assert colours["b"] == 0


def test_confusion_shows_a_class_without_images_and_names_as_they_are(tmp_path):
    draw_confusion(tmp_path / "c.svg", [[3, 1], [0, 0]], ["$a_b$", "<c>"], WORD)
    assert ElementTree.parse(tmp_path / "c.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize("file_format", ["html", "pdf"])
def test_a_missing_figure_fails(tmp_path, full, monkeypatch, file_format):
    summary, epochs = full
    monkeypatch.setattr("study.reporting.document.draw_confusion", lambda *_: None)
    spec = ReportSpec(language="es", format=file_format, study_name="p", labels={}, template="0" * 64)
    with pytest.raises(StudyError, match="could not be made"):
        write_report(spec, summary, epochs, tmp_path / f"report.{file_format}")


def test_the_digest_follows_the_templates(tmp_path, monkeypatch):
    before = templates.template_digest("es")
    for file in templates.template_files("es"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "caption.rst").write_text("no part of the report", encoding="utf-8")
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    assert templates.template_digest("es") == before
    with open(tmp_path / "style.css", "a", encoding="utf-8") as file:
        file.write("/* more */")
    assert templates.template_digest("es") != before


def test_epochs_read_back_from_csv_draw_alike(tmp_path, full):
    _, epochs = full
    epochs.to_csv(tmp_path / "epochs.csv", index=False)
    back = pd.read_csv(tmp_path / "epochs.csv")
    for name, table in (("a", epochs), ("b", back)):
        draw_curves(tmp_path / f"{name}.svg", table[table["arm"] == "scratch_pytorch"], "test", WORD)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
