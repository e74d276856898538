import json

import pytest

from study.errors import StudyError
from study.reporting.changes import compare_studies, write_changes
from study.reporting.history import KEPT, remember
from support.published_studies import published


def test_equal_studies_have_no_changes():
    assert not compare_studies(published("a"), published("b"))


def test_settings_verdicts_and_arms_that_differ_are_named():
    found = compare_studies(
        published(arms=("one", "old")), published(rate=0.01, verdict="undecided", arms=("one", "new"))
    )
    assert (found.added, found.removed) == (["new"], ["old"])
    assert found.settings == {"one": ["optimiser.learning_rate: 0.001 -> 0.01"]}
    assert [(item["before"], item["now"]) for item in found.verdicts] == [("supported", "undecided")]


@pytest.mark.parametrize(("mean", "beyond"), [(0.7, True), (0.605, False)])
def test_a_number_moved_beyond_noise_is_told_from_one_that_did_not(mean, beyond):
    (moved,) = compare_studies(published(), published(mean=mean)).moved
    assert moved.p is not None
    assert (moved.p < 0.05) is beyond


@pytest.mark.parametrize("change", [{"n": 1, "sd": None}, {"sd": 0.0}])
def test_without_spread_noise_is_not_known(change):
    (moved,) = compare_studies(published(**change), published(mean=0.9)).moved
    assert moved.p is None


def test_several_numbers_are_judged_by_stricter_p_values():
    one = compare_studies(published(), published(mean=0.625)).moved[0].p
    four = compare_studies(published(arms="abcd"), published(mean=0.625, arms="abcd")).moved[0].p
    assert four == pytest.approx(4 * one, rel=1e-12)  # the same product, in floating point


def test_the_last_different_study_is_compared_with(tmp_path):
    a, b = published("a"), published("b", mean=0.7)
    assert remember(tmp_path, a) is None
    assert remember(tmp_path, b) == a
    assert remember(tmp_path, b) == a, "publishing again changes nothing"
    assert remember(tmp_path, a) == b
    assert len(list(tmp_path.iterdir())) == 3


def test_the_history_stays_small(tmp_path):
    for number in range(KEPT + 5):
        remember(tmp_path, published(str(number)))
    assert len(list(tmp_path.iterdir())) == KEPT
    assert remember(tmp_path, published("new"))["summary"] == str(KEPT + 4)


def test_a_damaged_history_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "000001.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudyError, match=r"000001\.json: is damaged; delete it"):
        remember(tmp_path, published())


@pytest.mark.parametrize(
    ("language", "words"),
    [("es", ("Desmentida", "A supera a B", "sí", "Ninguno")), ("en", ("Contradicted", "A beats B", "yes", "None"))],
)
def test_the_page_shows_changes_in_its_language(tmp_path, language, words):
    first, second = published(), published("b", mean=0.7, verdict="contradicted")
    write_changes(tmp_path / "c.html", language, {"one": "<b>Uno</b> ñ"}, 0.95, first, second)
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    for word in words:
        assert word in page
    assert "&lt;b&gt;Uno&lt;/b&gt; ñ" in page
    write_changes(tmp_path / "d.html", language, {}, 0.95, None, second)
    assert "<table" not in (tmp_path / "d.html").read_text(encoding="utf-8")


def test_equal_studies_give_equal_pages(tmp_path):
    for name in ("c", "d"):
        before, now = json.loads(json.dumps([published(), published("b", mean=0.7)]))
        write_changes(tmp_path / name, "es", {}, 0.95, before, now)
    assert (tmp_path / "c").read_bytes() == (tmp_path / "d").read_bytes()
