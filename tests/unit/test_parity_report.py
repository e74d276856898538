from typing import Any

import pytest

from study.reporting.parity import certificates, differing_defaults
from study.reporting.phrases import phrases_of
from study.reporting.rendering import render
from support.parity_findings import LABELS, all_findings


def text(findings: list[dict[str, Any]]) -> str:
    context = {"certificates": certificates(findings), "differing_defaults": differing_defaults(), "labels": LABELS}
    return render("parity", context, "es")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.583, "0,58"),
        (5.13e-16, "5,1\u00a0·\u00a010^−16^"),
        (1250.0, "1,2\u00a0·\u00a010^3^"),
        (None, "∞"),
    ],
)
def test_small_numbers_are_written_with_powers_of_ten(value: float | None, written: str) -> None:
    assert phrases_of("es").numbers.scientific(value) == written


def test_a_certificate_without_failures_says_so_and_shows_every_stage() -> None:
    page = text(all_findings())
    assert "**Cada uno es lo mismo en PyTorch y en TensorFlow**" in page
    assert "| Salida de cada capa | 5,1\u00a0·\u00a010^−16^ | 5,1\u00a0·\u00a010^−16^ | 1\u00a0·\u00a010^−12^ |" in page
    assert "falla" not in page


def test_a_failure_is_named_with_its_arm_stage_and_tensor() -> None:
    found = all_findings()
    found[1] |= {"passed": False, "worst": None, "tensor": "flatten1"}
    page = text(found)
    assert "**No son lo mismo en ambos frameworks.**" in page
    assert "- «Salida de cada capa» de «Una», en `flatten1`." in page
    assert "Cada uno es lo mismo" not in page


def test_the_frameworks_own_defaults_stand_beside_their_effect() -> None:
    page = text(all_findings())
    assert "| Épsilon de Adam | 1\u00a0·\u00a010^−8^ | 1\u00a0·\u00a010^−7^ |" in page
    assert "| Otra | 3\u00a0·\u00a010^−15^ | 6,6\u00a0·\u00a010^−6^ | 0,58 | 1 | 1,3 |" in page


def test_every_default_that_differs_is_named() -> None:
    page = text(all_findings())
    table = page.split("| Ajuste |")[1].split("\n\n")[0]
    assert table.count("\n|") - 1 == len(differing_defaults()) >= 6
