import hashlib
import json
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pypandoc
import pytest

from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.errors import StudyError
from study.evaluation.predictions import right_on_test
from study.evaluation.results import read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import epochs_table
from study.reporting import templates
from study.reporting.document import ReportSpec, draw_figures, report_context, write_report
from study.reporting.figures import draw_confusion, draw_curves
from study.reporting.languages import WORDS, count, decimal, duration, percent, points, printed_percent, spread
from study.reporting.markdown import code, escape, render
from study.store.artefacts import open_artefact
from study_results import digits_arms, document_arms, make_study

WORD = WORDS["es"]
NASTY = 'Red <b>&</b> | *n* _k_ $x$ `c` [l](u) #1 "q" ~s~ ^u^ @z \\ — ñ'


def audited(study, summary, epochs):
    right = [right_on_test(open_artefact(study.store, ref).file("predictions.parquet")) for ref in study.predictions]
    found = audit(AuditSpec.model_validate(study.audit_job().spec), summary, epochs, right)
    return replace(found, claims=json.loads(json.dumps(found.claims)))


def summary_and_epochs(store, arms, **images):
    study = make_study(store, arms, **images)
    spec = SummarySpec.model_validate(study.summary_job.spec)
    results = read_results(store, study.summary_job, spec)
    summary, epochs = json.loads(json.dumps(summarise(spec, results))), epochs_table(results)
    return summary, epochs, audited(study, summary, epochs)


def report_text(summary, found, labels=None):
    spec = ReportSpec(language="es", format="html", study_name="prueba", labels=labels or {}, template="0" * 64)
    figures = {(f, arm["name"]): f"{f}-{arm['name']}.svg" for f in ("curves", "confusion") for arm in summary["arms"]}
    return render(templates.FOLDER, "report.es.md.j2", report_context(spec, summary, found, figures))


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
    text = plain(report_text(summary, full[2]))
    assert text.count("12,35\u00a0±\u00a00,68\u00a0%") == 2  # in its section and in the table
    assert text.count("43,21\u00a0%") == 2
    assert "−30,86" in text


def test_no_accuracy_is_typed_into_a_template():
    for file in templates.template_files("es"):
        text = file.read_text(encoding="utf-8")
        for figure in ("61,59", "61.59", "80,34", "80.34", "76,08", "96,32", "93 %", "67 %", "18,75"):
            assert figure not in text, (file.name, figure)


def test_a_faithful_study_has_the_documents_sections_and_no_notice(full):
    text = plain(report_text(full[0], full[2], {"scratch_pytorch": "Desde cero con PyTorch"}))
    for heading in ("1 AlexNet", "1.1 Desde cero con PyTorch", "1.2 scratch_tensorflow", "2.1 ", "2.2 ", "3 Compar"):
        assert f"\n{heading}" in text
    assert "reducida" not in text
    assert "61,59\u00a0%" in text
    assert "El conjunto de prueba dirigió el entrenamiento" in text


def test_a_reduced_study_says_so_first(tmp_path):
    summary, _, found = summary_and_epochs(tmp_path, digits_arms((0, 1, 2)), train_images=300)
    text = report_text(summary, found)
    notice = text[text.index("notice:") : text.index("# Introducción")]
    assert notice.split("\n")[1].startswith("  **Ejecución reducida: no reproduce el estudio del documento.**")
    assert "dígitos manuscritos de scikit-learn" in notice
    assert "300 imágenes de entrenamiento, en lugar de 500" in plain(notice)
    assert text.count("Evidencia reducida, que solo habla de la dirección") == 3
    assert "Difiere de él en los datos y el número de imágenes de entrenamiento." in notice


def test_conclusions_that_results_do_not_carry_are_not_repeated(tmp_path):
    arms = document_arms()[:3]
    arms[0] = replace(arms[0], accuracies={0: 0.9, 1: 0.93, 2: 0.92})
    summary, _, found = summary_and_epochs(tmp_path, arms)
    text = plain(report_text(summary, found))
    conclusions = text[text.index("Conclusión 1") : text.index("Evidencia\n")]
    assert "Desmentida. Desde cero, TensorFlow supera a PyTorch." in conclusions
    assert "Desmentida. En PyTorch, AlexNet preentrenada supera a la entrenada desde cero." in conclusions
    assert "Respaldada" not in conclusions
    assert "Esta parte del documento no formó parte de esta ejecución." in text
    assert "Falta en esta ejecución el modelo de la sección 2.2." in conclusions


def test_every_conclusion_has_its_verdict_and_every_figure_its_evidence(full):
    text = plain(report_text(full[0], full[2]))
    conclusions = text[text.index("Conclusión 1") : text.index("Evidencia\n")]
    assert conclusions.count("Respaldada.") == 3
    assert "No comprobable aquí. La diferencia se debe al framework." in conclusions
    assert "haría falta una pareja que solo difiera en el framework" in conclusions
    evidence = text[text.index("Evidencia\n") : text.index("Curvas de aprendizaje\n")]
    assert "Desmentida. Exactitud de prueba, AlexNet preentrenada con PyTorch: 93\u00a0%." in evidence
    for title in ("Intervalos de la", "Diferencias entre modelos", "Qué es cada cifra", "Entre otros equipos"):
        assert title in evidence
    assert "2.1, prueba, modelo final: 93\u00a0%" in evidence


def test_without_claims_the_conclusions_say_so(tmp_path):
    study = make_study(tmp_path, document_arms((0,)))
    spec = SummarySpec.model_validate(study.summary_job.spec)
    results = read_results(tmp_path, study.summary_job, spec)
    summary, epochs = json.loads(json.dumps(summarise(spec, results))), epochs_table(results)
    nothing = AuditSpec.model_validate({"evaluation": {}, "claims": {}, "cohort": {}})
    right = [np.array([True, False])] * len(study.predictions)
    text = plain(report_text(summary, audit(nothing, summary, epochs, right)))
    assert text.count("Ninguna afirmación de la configuración la contrasta.") == 3
    assert "Intervalos de la exactitud de prueba" in text


REASONS = [
    ({"reason": "no_spread"}, "Sin al menos dos semillas cuyos resultados difieran no hay intervalo."),
    ({"reason": "collapsed_runs"}, "depende de si se cuentan las ejecuciones que no aprendieron"),
    ({"reason": "interval_holds_zero", "needed": [4, None]}, "harían falta de 4 a más de 100 semillas por modelo"),
    ({"reason": "interval_holds_zero", "needed": [4, 9]}, "harían falta de 4 a 9 semillas por modelo"),
    ({"reason": "interval_holds_zero", "needed": [None, None]}, "harían falta más de 100 semillas por modelo"),
    ({"reason": "many_comparisons"}, "entre tantas comparaciones eso no basta (p de Holm: 0,06)"),
    ({"reason": "cannot_be_shown"}, "no puede mostrarse con 3 semillas"),
    ({"reason": "other_images"}, "Los dos modelos se probaron con imágenes distintas."),
    ({"reason": "not_measured"}, "Esa exactitud no se midió en esta ejecución."),
]


@pytest.mark.parametrize(("change", "sentence"), REASONS)
def test_every_reason_has_its_sentence(full, change, sentence):
    claims = json.loads(json.dumps(full[2].claims))
    (one,) = (item for item in claims if item["id"] == "frameworks")
    one |= {"verdict": "undecided", "reason": change["reason"]}
    one["evidence"] |= {"p_holm": 0.06, "margin": 0.01, "seeds_needed": change.get("needed")}
    text = plain(report_text(full[0], replace(full[2], claims=claims)))
    assert sentence in text


def test_arms_without_section_and_collapsed_runs_are_shown(tmp_path):
    extra = replace(document_arms()[0], name="extra", section=None, document=None, collapsed=(1,))
    summary, _, found = summary_and_epochs(tmp_path, [*document_arms((0,)), extra])
    text = plain(report_text(summary, found, {"extra": "Otra red"}))
    assert "\nOtros modelos\n" in text
    assert "\nOtra red\n" in text
    assert "«Otra red» incluye una ejecución que no aprendió nada." in text
    assert "Una ejecución no aprendió nada" in text


def test_the_networks_structure_is_rendered_from_its_settings(full):
    text = plain(report_text(full[0], full[2]))
    assert "Convolución 11 × 11, 64 filtros, paso 4, relleno 2, ReLU" in text
    assert "64\u00a0×\u00a055\u00a0×\u00a055" in text
    assert "Capas convolucionales: 5; de max pooling: 3; densas: 3." in text
    assert "Densa, 1024 unidades, ReLU" in text


def test_figures_are_alike_whenever_they_are_drawn(tmp_path, full):
    summary, epochs, _ = full
    digests = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        files = draw_figures(folder, summary, epochs, "es").values()
        digests.append([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == 8


def test_curves_have_a_line_for_every_seed_and_split(tmp_path, full):
    _, epochs, _ = full
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
    summary, epochs, found = full
    monkeypatch.setattr("study.reporting.document.draw_confusion", lambda *_: None)
    spec = ReportSpec(language="es", format=file_format, study_name="p", labels={}, template="0" * 64)
    with pytest.raises(StudyError, match="could not be made"):
        write_report(spec, summary, found, epochs, tmp_path / f"report.{file_format}")


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
    _, epochs, _ = full
    epochs.to_csv(tmp_path / "epochs.csv", index=False)
    back = pd.read_csv(tmp_path / "epochs.csv")
    for name, table in (("a", epochs), ("b", back)):
        draw_curves(tmp_path / f"{name}.svg", table[table["arm"] == "scratch_pytorch"], "test", WORD)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
