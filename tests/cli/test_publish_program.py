import shutil
from pathlib import Path

import pandas as pd
import pytest

from study.errors import StudyError
from study.plan.plan import FILES
from study.runs.extension import STATE
from study.store.artefacts import is_complete, open_artefact, work_folder
from study.store.jobs import Job
from support.programs import run_program, summarise_study
from support.study_results import make_study, write_artefact
from support.synthetic_arms import document_arms


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results folder"


def publish(results, arms, reports):
    study = make_study(results / "store", arms, train_images=20, test_images=10)
    summarise_study(study)
    refs = {
        name: write_artefact(study.store, Job("reports", name, {"name": name}, "synthetic"), {name: name.encode()})
        for name in reports
    }
    job = study.publish_job(refs)
    finished = run_program("publish", study.store, job, "--results", str(results))
    assert finished.returncode == 0, finished.stderr
    return study, job


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_publish_gives_readable_names(results):
    study, job = publish(results, document_arms((0, 10))[:2], ["report.es.html", "report.es.pdf"])
    assert names(results / "report") == ["changes.es.html", "report.es.html", "report.es.pdf"]
    assert names(results / "summary") == sorted([*FILES["summary"], *FILES["audit"]])
    assert sorted(path.name for path in (results / "runs").iterdir()) == ["scratch_pytorch", "scratch_tensorflow"]
    run = results / "runs" / "scratch_pytorch" / "seed-10"
    assert names(run) == ["history.csv", "metrics.json", "model.npz", "predictions.parquet", "run.json"]
    assert (run / "run.json").resolve() == (study.store / study.runs[1].folder / "run.json").resolve()
    assert len(pd.read_csv(run / "history.csv")) == 3
    assert open_artefact(study.store, job.ref).file("published.json").is_file()
    assert not (results / "report" / "report.es.html").is_symlink()


def test_names_that_are_no_longer_part_of_the_study_go(results):
    publish(results, document_arms((0, 1))[:2], ["report.es.html", "report.es.pdf"])
    mine = results / "runs" / "scratch_pytorch" / "seed-1" / "notes.txt"
    mine.write_text("a person's own", encoding="utf-8")
    study, job = publish(results, document_arms((0,))[:1], ["report.es.pdf"])
    assert names(results / "report") == ["changes.es.html", "report.es.pdf"]
    changed = (results / "report" / "changes.es.html").read_text(encoding="utf-8")
    assert "Modelos que ya no están: «scratch_tensorflow»" in changed
    assert {Path(name).parts[:2] for name in names(results / "runs")} == {
        ("scratch_pytorch", "seed-0"),
        ("scratch_pytorch", "seed-1"),
    }
    assert names(mine.parent) == ["notes.txt"]
    assert [path.name for path in (study.store / "published").iterdir()] == [Path(job.ref.folder).name]


def test_a_copied_results_folder_stays_whole(results, tmp_path):
    publish(results, document_arms((0,))[:1], ["report.es.html"])
    shutil.copytree(results, tmp_path / "copy", symlinks=True)
    shutil.rmtree(results)
    assert (tmp_path / "copy" / "runs" / "scratch_pytorch" / "seed-0" / "model.npz").read_bytes() == b"model"


def test_publishing_twice_changes_nothing(results):
    publish(results, document_arms((0,))[:1], ["report.es.html"])
    before = names(results)
    publish(results, document_arms((0,))[:1], ["report.es.html"])
    assert names(results) == before


def test_a_persons_own_file_is_not_replaced_by_a_link(results):
    publish(results, document_arms((0,))[:1], ["report.es.html"])
    link = results / "runs" / "scratch_pytorch" / "seed-0" / "run.json"
    link.unlink()
    link.write_text("mine", encoding="utf-8")
    study = make_study(results / "store", document_arms((0,))[:1], train_images=20, test_images=10)
    summarise_study(study)
    finished = run_program("publish", study.store, study.publish_job({}), "--results", str(results))
    assert finished.returncode == 1
    assert "is not a link of this workflow's making" in finished.stderr
    assert link.read_text(encoding="utf-8") == "mine"


def test_models_that_are_not_to_be_kept_go_and_are_no_longer_linked(results):
    study = make_study(results / "store", document_arms((0, 1))[:1], train_images=20, test_images=10)
    summarise_study(study)
    kept, dropped = study.runs
    finished = run_program("publish", study.store, study.publish_job({}, [dropped]), "--results", str(results))
    assert finished.returncode == 0, finished.stderr
    assert not list(results.rglob(f"{dropped.folder}/model.npz"))
    assert (results / "runs/scratch_pytorch/seed-0/model.npz").is_file()
    assert "model.npz" not in names(results / "runs/scratch_pytorch/seed-1")
    assert is_complete(study.store, dropped)
    with pytest.raises(StudyError, match=r"model.npz: the file was not kept \(keep_models\)"):
        open_artefact(study.store, dropped).file("model.npz")
    assert open_artefact(study.store, kept).file("model.npz").is_file()


def test_states_that_are_not_to_be_kept_go(results):
    study = make_study(results / "store", document_arms((0, 1))[:1], train_images=20, test_images=10)
    summarise_study(study)
    kept, dropped = (work_folder(study.store, run) / STATE for run in study.runs)
    for state in (kept, dropped):
        state.parent.mkdir(parents=True)
        state.write_bytes(b"state")
    job = study.publish_job({}, drop_states=[study.runs[1]])
    finished = run_program("publish", study.store, job, "--results", str(results))
    assert finished.returncode == 0, finished.stderr
    assert (kept.exists(), dropped.exists()) == (True, False)
