"""What the report says of the document's conclusions and figures: verdicts, reasons and answers."""

import json
from dataclasses import replace

import numpy as np
import pytest

from study.audit.results import audit
from study.audit.spec import AuditSpec
from support.audited import summarised, summary_and_audit
from support.reports import front, plain, report_text
from support.study_results import make_study
from support.synthetic_arms import document_arms


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


@pytest.mark.parametrize(
    ("verdict", "spanish", "english"),
    [
        (
            "supported",
            "supera a «scratch_pytorch» (79,00\u00a0% frente a 62,00\u00a0%), como",
            "as the document concludes",
        ),
        ("contradicted", "no supera a «scratch_pytorch», sino al revés", "it is the other way round"),
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
