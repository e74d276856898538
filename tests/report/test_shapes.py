"""Reports of studies of unusual shapes."""

from dataclasses import replace

import pytest

from study.reporting.document import figure_paths, write_report
from support.audited import summary_and_audit
from support.reports import NASTY, draw, report_spec
from support.synthetic_arms import document_arms


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
