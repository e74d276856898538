"""What is listed as not needed: by today's configurations and by what really ran here."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from study.errors import StudyError
from study.inspection.cleaning import Leftover, leftovers, read_studies, superseded
from study.inspection.commands import latest, note_command, read_commands
from study.inspection.study import InspectedStudy, read_study
from study.store.artefacts import new_artefact
from study.store.files import FORGOTTEN, TEMPORARY, temporary_name
from study.store.jobs import Job
from support.paths import ROOT

CONFIG = Path("config/config.yaml")


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InspectedStudy:
    """The demo as it would be planned in an empty folder."""
    (tmp_path / "config").mkdir()
    demo = (ROOT / "config" / "demo.yaml").read_text(encoding="utf-8")
    (tmp_path / CONFIG).write_text(demo, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return read_study([CONFIG])


def overlay(name: str, **settings: object) -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return path


def run(*files: Path, **config: object) -> InspectedStudy:
    """As if a study ran: all its trainings are there, and the command is noted."""
    study = read_study(files)
    note_command(study.plan, files, config, Path.cwd())
    for job in study.plan.jobs:
        if job.kind == "runs":
            make(study, job)
    return study


def make(study: InspectedStudy, job: Job) -> None:
    with new_artefact(study.store, job) as folder:
        (folder / "run.json").write_text("{}", encoding="utf-8")


def listed() -> list[Leftover]:
    return leftovers(read_studies(Path("config")))


@pytest.mark.parametrize("place", ["config", "elsewhere"])
def test_what_an_overlay_needed_when_it_ran_is_needed(study: InspectedStudy, place: str) -> None:
    run(CONFIG)
    mine = overlay(f"{place}/mine.yaml", override={"epochs": 2})
    run(CONFIG, mine)
    assert listed() == []
    mine.unlink()
    assert listed() == []


def test_so_is_what_settings_on_the_command_line_needed(study: InspectedStudy) -> None:
    changed = overlay("changed.yaml", override={"epochs": 3})
    longer = read_study([CONFIG, changed])
    note_command(longer.plan, [CONFIG], {"override": {"epochs": 3}}, Path.cwd())
    make(longer, next(job for job in longer.plan.jobs if job.kind == "runs"))
    run(CONFIG)
    assert listed() == []


def test_what_an_edited_file_needed_counts_until_its_command_runs_again(study: InspectedStudy) -> None:
    before = run(CONFIG)
    text = CONFIG.read_text(encoding="utf-8")
    CONFIG.write_text(text.replace("seeds: [0", "seeds: [7, 0"), encoding="utf-8")
    assert CONFIG.read_text(encoding="utf-8") != text
    assert listed() == []
    CONFIG.write_text(text + "\noverride: {epochs: 1}\n", encoding="utf-8")
    run(CONFIG)
    found = listed()
    gone = {before.store / ref.folder for ref in before.plan.served}
    assert {item.path for item in found} == gone
    # Each is named by the arms and seeds that it was for.
    words = {
        before.store / ref.folder: before.plan.label(before.plan.by_folder[ref.folder]) for ref in before.plan.served
    }
    assert {item.path: item.words for item in found} == words
    assert all("seed" in item.words for item in found)
    (old,) = superseded(before.results)
    assert set(before.plan.by_folder) == set(old.artefacts)


def test_a_plan_that_ran_again_is_no_longer_superseded(study: InspectedStudy) -> None:
    text = CONFIG.read_text(encoding="utf-8")
    run(CONFIG)
    CONFIG.write_text(text + "\noverride: {epochs: 1}\n", encoding="utf-8")
    changed = run(CONFIG)
    CONFIG.write_text(text, encoding="utf-8")
    run(CONFIG)
    assert {item.path for item in listed()} == {changed.store / ref.folder for ref in changed.plan.served}


def test_a_folder_that_was_moved_runs_the_same_commands(study: InspectedStudy, tmp_path: Path) -> None:
    run(CONFIG)
    commands = read_commands(study.results)
    assert [command.files for command in commands] == [("config/config.yaml",)]
    note_command(study.plan, [tmp_path / CONFIG], {}, tmp_path)
    assert read_commands(study.results)[0].note == commands[0].note
    assert len(read_commands(study.results)) == 1


def test_two_folders_with_the_same_results_are_two_commands(study: InspectedStudy, tmp_path: Path) -> None:
    shared = overlay("shared.yaml", results=str(tmp_path / "shared"))
    plan = read_study([CONFIG, shared]).plan
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        note_command(plan, [CONFIG], {}, tmp_path / name)
    assert len(latest(read_commands(tmp_path / "shared"))) == 2


def test_nothing_is_listed_while_a_note_cannot_be_read(study: InspectedStudy) -> None:
    run(CONFIG)
    (note,) = (study.results / "commands").iterdir()
    note.write_text("{}", encoding="utf-8")
    with pytest.raises(StudyError, match="nothing is removed, since what its command needs is unknown"):
        listed()


def test_temporary_files_of_dead_processes_are_found_and_no_others(study: InspectedStudy) -> None:
    show = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); from study.machine.process import this_process"
    ended = subprocess.run(
        [sys.executable, "-c", f"{show}; print(this_process().token)"], capture_output=True, text=True, check=True
    )
    folder = study.store / study.plan.jobs[0].ref.folder
    folder.mkdir(parents=True)
    dead = folder / f"{TEMPORARY}{ended.stdout.strip()}-model.npz"
    living = temporary_name(folder / "model.npz")
    for path in (dead, living, folder / "tmp-notes.txt"):
        path.write_bytes(b"12345")
    # As downloads made them before they had a place in the work folder.
    download = study.store / f"{TEMPORARY}k2_x81"
    download.mkdir()
    (download / "cifar.tar.gz").write_bytes(b"123")
    long_ago = time.time() - 2 * FORGOTTEN
    os.utime(download, (long_ago, long_ago))
    words = "temporary file of a process that is gone"
    assert listed() == [Leftover(download, 3, words), Leftover(dead, 5, words)]
