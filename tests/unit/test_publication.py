"""What publishing replaces and removes in a results folder, and what it leaves."""

import json
import os
from pathlib import Path

import pytest

from study.errors import StudyError
from study.reporting.history import KEPT, remember
from study.reporting.publication import Contents, add_copies, publish, remove_older
from study.store.artefacts import new_artefact
from study.store.jobs import Job


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


def put(results: Path, names: dict[str, str], links: dict[str, str] | None = None) -> list[str]:
    """Publish files with given contents; what is said of those that are left."""
    said: list[str] = []
    sources = results.parent / "made"
    for name, text in names.items():
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        (sources / name).write_text(text, encoding="utf-8")
    publish(results, Contents({name: sources / name for name in names}, links or {}), said.append)
    return said


def own(results: Path, name: str, text: str = "mine") -> Path:
    path = results / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


BOTH = {"report/report.en.html": "en 1", "report/report.es.html": "es 1", "summary/arms.csv": "1"}


def test_a_removed_languages_report_goes_and_nothing_of_a_persons(results: Path) -> None:
    mine = ("report/report.en.annotated.pdf", "summary/pivot.csv", "report/changes.md", "report/partial.notes.txt")
    put(results, BOTH)
    for name in mine:
        own(results, name)
    assert put(results, {"report/report.es.html": "es 2", "summary/arms.csv": "2"}) == []
    assert not (results / "report/report.en.html").exists()
    assert (results / "report/report.es.html").read_text(encoding="utf-8") == "es 2"
    assert all((results / name).read_text(encoding="utf-8") == "mine" for name in mine)


def test_a_published_file_that_was_changed_is_left_and_named_once(results: Path) -> None:
    put(results, BOTH)
    noted = own(results, "report/report.en.html", "en 1, with notes")
    (said,) = put(results, {"report/report.es.html": "es 2"})
    assert said == f"{noted}: was published but has been changed since, so it is left in place"
    assert noted.read_text(encoding="utf-8") == "en 1, with notes"
    assert put(results, {"report/report.es.html": "es 3"}) == []
    assert noted.exists()


@pytest.mark.parametrize("published_before", [True, False])
def test_a_persons_file_with_a_name_that_is_needed_is_not_overwritten(results: Path, published_before: bool) -> None:
    if published_before:
        put(results, BOTH)
    mine = own(results, "summary/arms.csv")
    with pytest.raises(StudyError, match=r"arms\.csv: is not as this workflow made it; move it away"):
        put(results, {"report/report.es.html": "es 2", "summary/arms.csv": "2"})
    assert mine.read_text(encoding="utf-8") == "mine"
    # Nothing else was changed either.
    assert (results / "report/report.es.html").exists() == published_before
    mine.rename(results / "summary/arms.mine.csv")
    put(results, {"summary/arms.csv": "2"})
    assert (results / "summary/arms.csv").read_text(encoding="utf-8") == "2"


def test_a_folder_with_a_name_that_is_needed_is_refused(results: Path) -> None:
    mine = own(results, "summary/arms.csv/notes.txt")
    with pytest.raises(StudyError, match=r"arms\.csv: is not as"):
        put(results, {"summary/arms.csv": "2"})
    assert mine.exists()


def test_what_snakemake_puts_back_after_a_failure_is_still_the_workflows(results: Path) -> None:
    put(results, BOTH)
    put(results, {**BOTH, "summary/arms.csv": "2"})
    own(results, "summary/arms.csv", "1")  # the content of the publishing before
    put(results, {**BOTH, "summary/arms.csv": "3"})
    assert (results / "summary/arms.csv").read_text(encoding="utf-8") == "3"


def test_only_recorded_links_go_and_emptied_folders_with_them(results: Path) -> None:
    link = "runs/a/seed-0/run.json"
    own(results, "store/runs/r-1/run.json")
    own(results, "store/runs/r-2/run.json")
    put(results, {}, {link: "../../../store/runs/r-1/run.json", "runs/b/seed-0/run.json": "../../../store/x"})
    mine = results / "runs/a/seed-0/best.json"
    mine.symlink_to(results / "store/runs/r-1/run.json")
    elsewhere = results / "runs/c/seed-0/data"
    elsewhere.parent.mkdir(parents=True)
    elsewhere.symlink_to("/nowhere")
    put(results, {}, {link: "../../../store/runs/r-2/run.json"})
    assert os.readlink(results / link).endswith("r-2/run.json")
    assert mine.is_symlink()
    assert elsewhere.is_symlink()
    assert not (results / "runs/b").exists()


def test_a_link_that_a_person_made_in_place_of_a_published_one_is_refused(results: Path) -> None:
    link = "runs/a/seed-0/run.json"
    (results / link).parent.mkdir(parents=True)
    (results / link).symlink_to("/tmp/mine")
    with pytest.raises(StudyError, match="is not a link of this workflow's making"):
        put(results, {}, {link: "../../../store/runs/r-1/run.json"})
    assert os.readlink(results / link) == "/tmp/mine"


def test_partial_reports_go_with_the_next_publishing(results: Path, tmp_path: Path) -> None:
    partial = tmp_path / "partial.en.html"
    partial.write_text("half", encoding="utf-8")
    mine = own(results, "report/partial.draft.html")
    add_copies(results, {"report/partial.en.html": partial})
    put(results, BOTH)
    assert sorted(path.name for path in (results / "report").iterdir()) == [
        "partial.draft.html",
        "report.en.html",
        "report.es.html",
    ]
    assert mine.exists()
    own(results, "report/partial.en.html")
    with pytest.raises(StudyError, match=r"partial\.en\.html: is not as this workflow made it"):
        add_copies(results, {"report/partial.en.html": partial})


def test_a_record_that_cannot_be_read_is_no_licence(results: Path) -> None:
    put(results, BOTH)
    (results / "published.json").write_text("[]", encoding="utf-8")
    with pytest.raises(StudyError, match="it is unknown which files are the workflow's"):
        put(results, {})
    assert (results / "report/report.en.html").exists()


def test_a_record_reaches_nothing_outside_the_results(results: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("1", encoding="utf-8")
    put(results, BOTH)
    record = json.loads((results / "published.json").read_text(encoding="utf-8"))
    record["../outside.txt"] = record["summary/arms.csv"]
    (results / "published.json").write_text(json.dumps(record), encoding="utf-8")
    put(results, {})
    assert outside.exists()


def test_results_published_before_there_was_a_record_are_known_by_their_hashes(results: Path) -> None:
    tables = Job("summary", "study", {}, "c")
    with new_artefact(results / "store", tables) as folder:
        (folder / "arms.csv").write_text("1", encoding="utf-8")
    published = Job("published", "study", {}, "c", (tables.ref,))
    names = ["summary/arms.csv", "summary/runs.csv"]
    with new_artefact(results / "store", published) as folder:
        (folder / "published.json").write_text(json.dumps(names), encoding="utf-8")
    own(results, "summary/arms.csv", "1")
    changed = own(results, "summary/runs.csv")
    put(results, {"report/report.es.html": "es"})
    assert not (results / "summary/arms.csv").exists()
    assert changed.exists()


def test_older_publications_go_and_a_persons_folder_beside_them_stays(tmp_path: Path) -> None:
    names = ("study-0123456789abcdef", "study-fedcba9876543210", "study-of-mine", "notes")
    for name in names:
        (tmp_path / name).mkdir()
    remove_older(tmp_path / names[0])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes", "study-0123456789abcdef", "study-of-mine"]


def test_the_history_counts_and_removes_only_its_own_entries(tmp_path: Path) -> None:
    mine = own(tmp_path, "2026-notes.json", "not even JSON")
    for number in range(KEPT + 3):
        remember(tmp_path, {"number": number})
    assert mine.exists()
    assert len(list(tmp_path.glob("0*.json"))) == KEPT
