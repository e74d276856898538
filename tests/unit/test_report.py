import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pypandoc
import pytest

from study.audit.results import audit
from study.audit.spec import AuditSpec
from study.errors import StudyError
from study.evaluation.files import read_summary, write_summary
from study.evaluation.results import read_results
from study.evaluation.summary_spec import SummarySpec
from study.reporting import templates
from study.reporting.document import figure_paths, report_context, write_report
from study.reporting.figures.classes import confusion_table, draw_confusion
from study.reporting.figures.draw import draw_figures
from study.reporting.figures.names import figure_files, figure_names
from study.reporting.figures.training import curves_table, draw_curves
from study.reporting.languages import WORDS
from study.reporting.markdown import code, escape, render
from study.reporting.numbers import NUMBERS
from study.reporting.specs import ReportSpec
from support.study_results import make_study
from support.synthetic_arms import digits_arms, document_arms

WORD, ES, EN = WORDS["es"], NUMBERS["es"], NUMBERS["en"]
NASTY = 'Red <b>&</b> | *n* _k_ $x$ `c` [l](u) #1 "q" ~s~ ^u^ @z \\ — ñ'


def audited(study, summary, epochs):
    found = audit(AuditSpec.model_validate(study.audit_job().spec), summary, epochs, study.right())
    return replace(found, claims=json.loads(json.dumps(found.claims)))


def summarised(study):
    spec = SummarySpec.model_validate(study.summary_job.spec)
    folder = study.store / "written"
    folder.mkdir()
    write_summary(folder, spec, read_results(study.store, study.summary_job, spec), [])
    return read_summary(folder.joinpath)


def summary_and_audit(store, arms, **images):
    study = make_study(store, arms, **images)
    summary = summarised(study)
    return summary, audited(study, summary.content, summary.epochs)


def report_spec(language="es", file_format="html", labels=None):
    return ReportSpec(language=language, format=file_format, study_name="p", labels=labels or {}, template="0" * 64)


def report_text(summary, found, labels=None, language="es"):
    names = figure_names({arm["name"]: True for arm in summary.content["arms"]})
    context = report_context(report_spec(language, labels=labels), summary, found, names)
    return render(templates.FOLDER, f"report.{language}.md.j2", context, language)


def draw(folder, summary, found, language="es"):
    folder.mkdir()
    labels = {arm["name"]: arm["name"] for arm in summary.content["arms"]}
    return draw_figures(folder, summary, found, labels, language)


def plain(markdown):
    return pypandoc.convert_text(markdown, "plain", format="markdown-smart", extra_args=["--wrap=none"])


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return summary_and_audit(tmp_path_factory.mktemp("full"), document_arms())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (ES.percent(0.6159), "61,59\u00a0%"),
        (ES.percent(1.0), "100,00\u00a0%"),
        (ES.points(0.1875), "+18,75"),
        (ES.points(-0.032), "−3,20"),
        (ES.points(-0.00001), "+0,00"),
        (ES.spread(0.62, 0.01), "62,00\u00a0±\u00a01,00\u00a0%"),
        (ES.spread(0.62, None), "62,00\u00a0%"),
        (ES.printed_percent("93%"), "93\u00a0%"),
        (ES.printed_percent("61.59 %"), "61,59\u00a0%"),
        (ES.share(0.125), "12,5\u00a0%"),
        (ES.share(1e-4), "0,01\u00a0%"),
        (ES.decimal(5e-05), "0,00005"),
        (ES.decimal(70.0), "70"),
        (ES.decimal(np.float64(0.25)), "0,25"),
        (ES.count(9216), "9216"),
        (ES.count(50_000), "50\u00a0000"),
        (ES.duration(4.24), "4,2\u00a0s"),
        (ES.duration(150), "2\u00a0min 30\u00a0s"),
        (ES.duration(3900), "1\u00a0h 05\u00a0min"),
    ],
)
def test_numbers_are_written_as_in_spanish(written, expected):
    assert written == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (EN.percent(0.6159), "61.59%"),
        (EN.points(-0.032), "−3.20"),
        (EN.spread(0.62, 0.01), "62.00\u00a0±\u00a01.00%"),
        (EN.printed_percent("93%"), "93%"),
        (EN.share(0.07), "7%"),
        (EN.decimal(5e-05), "0.00005"),
        (EN.count(50_000), "50,000"),
        (EN.duration(4.24), "4.2\u00a0s"),
    ],
)
def test_numbers_are_written_as_in_english(written, expected):
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
    summary = replace(full[0], content=json.loads(json.dumps(full[0].content)))
    arm = summary.content["arms"][2]
    arm["statistics"]["test_accuracy"] |= {"mean": 0.12346, "sd": 0.00678}
    arm["document"] |= {"printed": "43.21%", "test_accuracy": 0.4321}
    text = plain(report_text(summary, full[1]))
    assert text.count("12,35\u00a0±\u00a00,68\u00a0%") == 3  # in its section and in the table, which stands twice
    assert text.count("43,21\u00a0%") == 3
    assert "−30,86" in text


def test_no_accuracy_is_typed_into_a_template():
    for file in templates.template_files("es"):
        text = file.read_text(encoding="utf-8")
        for figure in ("61,59", "61.59", "80,34", "80.34", "76,08", "96,32", "93 %", "67 %", "18,75"):
            assert figure not in text, (file.name, figure)


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


def test_conclusions_that_results_do_not_carry_are_not_repeated(tmp_path):
    arms = document_arms()[:3]
    arms[0] = replace(arms[0], accuracies={0: 0.9, 1: 0.93, 2: 0.92})
    summary, found = summary_and_audit(tmp_path, arms)
    text = plain(report_text(summary, found))
    conclusions = text[text.index("Conclusión 1") : text.index("Evidencia\n")]
    assert "Desmentida. Desde cero, TensorFlow supera a PyTorch." in conclusions
    assert "Desmentida. En PyTorch, AlexNet preentrenada supera a la entrenada desde cero." in conclusions
    assert "Respaldada" not in conclusions
    assert "Esta parte del documento no formó parte de esta ejecución." in text
    assert "Falta en esta ejecución el modelo de la sección 2.2." in conclusions


def test_every_conclusion_has_its_verdict_and_every_figure_its_evidence(full):
    text = plain(report_text(full[0], full[1]))
    conclusions = text[text.index("Conclusión 1") : text.index("Evidencia\n")]
    assert conclusions.count("Respaldada.") == 3
    assert "No comprobable aquí. La diferencia se debe al framework." in conclusions
    assert "haría falta una pareja que solo difiera en el framework" in conclusions
    evidence = text[text.index("Evidencia\n") : text.index("Curvas de aprendizaje\n")]
    assert "No concluyente. Exactitud de prueba, AlexNet preentrenada con PyTorch: 93\u00a0%." in evidence
    for title in ("Intervalos de la", "Diferencias entre modelos", "Qué es cada cifra", "Entre otros equipos"):
        assert title in evidence
    assert "2.1, prueba, modelo final: 93\u00a0%" in evidence


def test_without_claims_the_conclusions_say_so(tmp_path):
    study = make_study(tmp_path, document_arms((0,)))
    summary = summarised(study)
    nothing = AuditSpec.model_validate({"runs": [], "evaluation": {}, "claims": {}, "cohort": {}})
    right = dict.fromkeys(study.right(), np.array([True, False]))
    text = plain(report_text(summary, audit(nothing, summary.content, summary.epochs, right)))
    assert text.count("Ninguna afirmación de la configuración la contrasta.") == 3
    assert "Intervalos de la exactitud de prueba" in text


def needed(fewest, most, never=False):
    return {"fewest": fewest, "most": most, "never": never}


REASONS = [
    ({"reason": "no_spread"}, "Sin al menos dos semillas cuyos resultados difieran no hay intervalo."),
    ({"reason": "collapsed_runs"}, "depende de si se cuentan las ejecuciones que no aprendieron"),
    (
        {"reason": "interval_holds_zero", "needed": needed(4, None)},
        "harían falta de 4 a más de 100 semillas por modelo",
    ),
    ({"reason": "interval_holds_zero", "needed": needed(4, 9)}, "harían falta de 4 a 9 semillas por modelo"),
    ({"reason": "interval_holds_zero", "needed": needed(9, 9)}, "harían falta unas 9 semillas por modelo"),
    ({"reason": "interval_holds_zero", "needed": needed(None, None)}, "harían falta más de 100 semillas por modelo"),
    (
        {"reason": "interval_holds_zero", "needed": needed(None, None, never=True)},
        "Ningún número de semillas lo decidiría, pues las imágenes de prueba por sí solas dejan ese margen",
    ),
    ({"reason": "many_comparisons"}, "entre tantas comparaciones eso no basta (p de Holm: 0,06)"),
    ({"reason": "cannot_be_shown"}, "no puede mostrarse con 3 semillas"),
    ({"reason": "other_images"}, "Los dos modelos se probaron con imágenes distintas."),
    ({"reason": "not_measured"}, "Esa exactitud no se midió en esta ejecución."),
]


@pytest.mark.parametrize(("change", "sentence"), REASONS)
def test_every_reason_has_its_sentence(full, change, sentence):
    claims = json.loads(json.dumps(full[1].claims))
    (one,) = (item for item in claims if item["id"] == "frameworks")
    one |= {"verdict": "undecided", "reason": change["reason"]}
    one["evidence"] |= {"p_holm": 0.06, "margin": 0.01, "seeds_needed": change.get("needed")}
    text = plain(report_text(full[0], replace(full[1], claims=claims)))
    assert sentence in text


FIGURES = [
    ("compatible", "inside_interval", None, "Compatible. Exactitud de prueba", "una a 4,97 puntos de nuestra media"),
    ("incompatible", "outside_interval", None, "Incompatible. Exactitud de prueba", "(p de Holm: 0,06)"),
    ("inconclusive", "wide_interval", needed(4, 9), "No concluyente. Exactitud", "de 4 a 9 semillas por modelo"),
    (
        "inconclusive",
        "wide_interval",
        needed(None, None, never=True),
        "No concluyente. Exactitud de prueba",
        "Ningún número de semillas lo decidiría, pues una ejecución difiere demasiado de otra.",
    ),
    ("inconclusive", "many_comparisons", needed(4, 9), "No concluyente. Exactitud", "entre tantas cifras eso no basta"),
    ("inconclusive", "no_spread", None, "No concluyente. Exactitud", "Sin al menos dos semillas"),
]


@pytest.mark.parametrize(("verdict", "reason", "seeds", "word", "sentence"), FIGURES)
def test_a_figure_has_words_of_its_own(full, verdict, reason, seeds, word, sentence):
    claims = json.loads(json.dumps(full[1].claims))
    (one,) = (item for item in claims if item["id"] == "scratch_pytorch_test")
    assert one["verdict"] == "compatible"
    assert one["evidence"]["values"] == sorted(one["evidence"]["values"])
    one |= {"verdict": verdict, "reason": reason}
    one["evidence"] |= {"p_holm": 0.06, "seeds_needed": seeds, "resolution_seen": 0.0497}
    text = plain(report_text(full[0], replace(full[1], claims=claims)))
    figures = text[text.index("Cifras del documento") : text.index("Cifras de los cuadernos")]
    (paragraph,) = (part for part in figures.split("\n\n") if "desde cero con PyTorch: 61,59" in part)
    line = " ".join(paragraph.split())
    assert word in line
    assert sentence in line
    assert "las de aquí dieron de 61,00 % a 63,00 %" in line.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("compatible", "y la ventaja de +31,41 puntos que dan sus cifras es compatible con las ejecuciones de aquí"),
        ("incompatible", "aunque no con la ventaja de +31,41 puntos que dan sus cifras"),
    ],
)
def test_the_answer_names_the_size_of_a_difference(full, verdict, said):
    claims = json.loads(json.dumps(full[1].claims))
    next(item for item in claims if item["id"] == "pretraining_size")["verdict"] = verdict
    assert said in front(report_text(full[0], replace(full[1], claims=claims)))


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


def test_figures_are_alike_whenever_they_are_drawn(tmp_path, full):
    digests = []
    for name in ("one", "two"):
        files = figure_files(draw(tmp_path / name, *full))
        digests.append([hashlib.sha256((tmp_path / name / file).read_bytes()).hexdigest() for file in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == 2 * (6 + 4 * 3)


@pytest.mark.parametrize("file_format", ["html", "pdf"])
def test_reports_are_alike_whenever_they_are_written(tmp_path, full, file_format):
    paths = figure_paths(tmp_path / "f", draw(tmp_path / "f", *full))
    pages = [tmp_path / f"{number}.{file_format}" for number in range(3)]
    for page in pages:
        write_report(report_spec(file_format=file_format), *full, paths, page)
    assert len({page.read_bytes() for page in pages}) == 1


def test_figures_are_drawn_that_are_planned(tmp_path, full):
    assert set(draw(tmp_path / "f", *full)) == set(figure_names({arm.name: True for arm in document_arms()}))


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
    draw_curves(tmp_path / "a.svg", table, "test", WORD)
    unwatched = curves_table(epochs.assign(monitor_loss=None, monitor_accuracy=None), authors.iloc[:0])
    draw_curves(tmp_path / "b.svg", unwatched, "none", WORD)
    colours = {name: (tmp_path / f"{name}.svg").read_text(encoding="utf-8").lower().count("#d55e00") for name in "ab"}
    assert colours["a"] > 0
    assert colours["b"] == 0


def test_confusion_shows_a_class_without_images_and_names_as_they_are(tmp_path):
    draw_confusion(tmp_path / "c.svg", confusion_table([[3, 1], [0, 0]], ["$a_b$", "<c>"]), WORD)
    assert ElementTree.parse(tmp_path / "c.svg").getroot().tag.endswith("svg")


@pytest.mark.parametrize(("file_format", "lost"), [("html", "time.svg"), ("html", "time.csv"), ("pdf", "time.svg")])
def test_a_missing_figure_or_its_missing_data_fails(tmp_path, full, file_format, lost):
    paths = figure_paths(tmp_path / "f", draw(tmp_path / "f", *full))
    del paths[lost]
    with pytest.raises(StudyError, match="could not be made"):
        write_report(report_spec(file_format=file_format), *full, paths, tmp_path / f"report.{file_format}")


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


def test_both_languages_say_the_same_numbers(full):
    def numbers(language):
        text = plain(report_text(*full, language=language))
        point = NUMBERS[language].point
        return Counter(re.findall(rf"\d+{re.escape(point)}\d\d(?=\u00a0%|%)", text.replace(",", point)))

    spanish, english = numbers("es"), numbers("en")
    assert sum(spanish.values()) > 100
    assert {key.replace(",", "."): value for key, value in spanish.items()} == dict(english)


def headings(text):
    return [len(line) - len(line.lstrip("#")) for line in text.splitlines() if re.match("#+ ", line)]


def test_both_languages_have_the_same_sections_and_figures(full):
    spanish, english = (report_text(*full, language=language) for language in ("es", "en"))
    assert headings(spanish) == headings(english)
    assert re.findall(r"\]\((\S+\.svg)\)", spanish) == re.findall(r"\]\((\S+\.svg)\)", english)
    assert {f"{name}.svg" for name in figure_names({arm.name: True for arm in document_arms()})} == set(
        re.findall(r"\]\((\S+\.svg)\)", english)
    )


def test_every_template_exists_in_both_languages():
    spanish, english = ({file.name for file in templates.template_files(language)} for language in ("es", "en"))
    assert {name.replace(".es.", ".en.") for name in spanish} == english


def test_every_figure_has_a_caption_and_another_alternative_text(full):
    for language in ("es", "en"):
        figures = re.findall(
            r'^!\[(.+)\]\(\S+\.svg\)\{.*?alt="(.+)"\}$', report_text(*full, language=language), re.MULTILINE
        )
        assert len(figures) == 6 + 4 * 3
        assert all(caption != alternative for caption, alternative in figures)


def front(text):
    return plain(text[text.index("::: front") : text.index("# Introduc")])


@pytest.mark.parametrize(
    ("verdict", "spanish", "english"),
    [
        (
            "supported",
            "supera a «scratch_pytorch» (79,00\u00a0% frente a 62,00\u00a0%), como",
            "as the document concludes",
        ),
        ("contradicted", "no supera a «scratch_pytorch», sino al revés", "but the other way round"),
        ("undecided", "No queda decidido si", "It is left undecided whether"),
        ("not_testable", "No es comprobable aquí si", "It cannot be tested here whether"),
    ],
)
def test_the_answer_follows_from_the_verdict(full, verdict, spanish, english):
    claims = json.loads(json.dumps(full[1].claims))
    one = next(item for item in claims if item["id"] == "frameworks")
    one["verdict"] = verdict
    one["evidence"]["seeds_needed"] = None
    changed = replace(full[1], claims=claims)
    assert spanish in front(report_text(full[0], changed))
    assert english in front(report_text(full[0], changed, language="en"))


def test_the_first_page_asks_shows_the_table_and_answers_each_conclusion(full):
    text = front(report_text(*full))
    assert text.index("La pregunta.") < text.index("61,59") < text.index("La respuesta.")
    assert re.findall(r"^ *(\d)\.", text[text.index("La respuesta.") :], re.MULTILINE) == ["1", "2", "3"]


def test_a_claim_that_was_written_in_one_language_stands_in_the_other_too(full):
    claims = json.loads(json.dumps(full[1].claims))
    for item in claims:
        item["claim"]["statement"].pop("en", None)
    assert "Desde cero, TensorFlow supera a PyTorch" in plain(
        report_text(full[0], replace(full[1], claims=claims), language="en")
    )


def many_classes(arm, classes):
    names = tuple(f"clase <{number}> & ñ" for number in range(classes))
    return replace(arm, class_names=names, spec={**arm.spec, "classes": classes})


def shapes():
    """Arms and images of studies of unusual shapes."""
    first, second = document_arms((0, 1))[:2]
    unsectioned = [replace(first, name=f"arm{n}", section=None, document=None) for n in range(12)]
    right = replace(second, accuracies={0: 1.0, 1: 1.0})
    return {
        "2 arms, 1 seed": (document_arms((0,))[:2], {}),
        "20 seeds": (document_arms(tuple(range(20)))[:2], {}),
        "12 arms": (unsectioned, {}),
        "100 classes": ([many_classes(arm, 100) for arm in document_arms((0,))[:2]], {}),
        "a collapsed run beside an arm that is always right": ([replace(first, collapsed=(1,)), right], {}),
        "nothing wrong": ([right], {}),
    }


@pytest.mark.parametrize("shape", shapes())
def test_studies_of_any_shape_are_drawn_and_written(tmp_path, shape):
    arms, images = shapes()[shape]
    summary, found = summary_and_audit(tmp_path / "with space ñ", arms, **images)
    labels = {arm.name: NASTY for arm in arms}
    names = draw(tmp_path / "f", summary, found)
    assert len(names) == 6 + 3 * len(arms)
    for language in ("es", "en"):
        page = tmp_path / f"report.{language}.html"
        spec = report_spec(language, labels=labels)
        write_report(spec, summary, found, figure_paths(tmp_path / "f", names), page)
        text = page.read_text(encoding="utf-8")
        assert text.count("<img ") == len(names)
        assert text.count("data:text/csv") == len(names)


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
