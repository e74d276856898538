"""More epochs for a finished run: when a training resumes from it, and that the result is the same to the bit."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from study.inspection.remaining import epochs_done, training_cost
from study.runs.extension import STATE
from study.runs.finished import start_afresh
from study.store.artefacts import open_artefact
from study.store.jobs import Job
from support.stopping import TRAINERS, Training, same, training

FEW, MANY = 2, 5
BEST = {"monitor": "test", "result": "best"}
ADAM = {"optimiser": {"name": "adam", "learning_rate": 1e-3}}
PLATEAU = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1}
NOT_KEPT = f"the last state of the finished run of {FEW} epochs was not kept (keep_models: all_with_state keeps"


def with_settings(run: Training, **changes: Any) -> Training:
    """The same training in the same store, with other settings."""
    job = run.job
    return replace(run, job=Job(job.kind, job.name, job.spec | changes, job.code, job.inputs))


def finish(run: Training, *options: str, **variables: str) -> Training:
    finished = run.run(*options, **variables)
    assert finished.returncode == 0, finished.stderr
    return run


def trained_epochs(run: Training) -> list[int]:
    return [number for number in range(1, MANY + 1) if f"epoch {number}/" in run.log]


def resumed(run: Training) -> list[dict[str, Any]]:
    text = open_artefact(run.store, run.job.ref).file("run.json").read_text(encoding="utf-8")
    stops: list[dict[str, Any]] = json.loads(text)["resumed"]
    return stops


@pytest.fixture
def short(tmp_path: Path) -> Training:
    """A finished run whose last state was kept."""
    return finish(training("numpy", tmp_path, epochs=FEW, **BEST), "--keep-state")


@pytest.mark.parametrize("framework", TRAINERS)
@pytest.mark.parametrize("settings", [BEST, ADAM], ids=["best", "adam"])
def test_it_goes_on_from_the_finished_run_to_the_same_bits(
    framework: str, settings: dict[str, Any], tmp_path: Path
) -> None:
    short = finish(training(framework, tmp_path / "extended", epochs=FEW, **settings), "--keep-state")
    longer = with_settings(short, epochs=MANY)
    assert epochs_done(longer.store, longer.job) == FEW
    assert training_cost(longer.store, longer.job, 7200.0) == (
        f"costs 3 of 5 epochs, about 2 h 00 min: resumes from {short.job.ref.folder}, if device, threads and versions "
        "are unchanged"
    )
    finish(longer, "--keep-state")
    assert trained_epochs(longer) == [3, 4, 5]
    assert resumed(longer) == [{"after_epoch": FEW, "changed": {}, "of": short.job.ref.folder}]
    assert (longer.work / STATE).is_file()
    straight = finish(training(framework, tmp_path / "straight", epochs=MANY, **settings))
    assert same(longer.result(), straight.result())
    assert not (straight.work / STATE).exists()


@pytest.mark.parametrize("framework", TRAINERS)
def test_the_same_run_again_has_the_same_bits_and_another_lineage(framework: str, tmp_path: Path) -> None:
    first = finish(training(framework, tmp_path, epochs=FEW, **BEST, **ADAM))
    again = finish(with_settings(first, repetition=1))
    assert first.job.lineage != again.job.lineage
    assert trained_epochs(again) == [1, 2]
    assert same(first.result(), again.result())


def test_a_repetition_goes_on_from_that_repetition_and_from_no_other(short: Training) -> None:
    longer = with_settings(short, epochs=MANY, repetition=1)
    assert trained_epochs(finish(longer)) == [1, 2, 3, 4, 5]
    again = finish(with_settings(short, repetition=2), "--keep-state")
    longer_again = finish(with_settings(again, epochs=MANY))
    assert trained_epochs(longer_again) == [3, 4, 5]
    assert resumed(longer_again) == [{"after_epoch": FEW, "changed": {}, "of": again.job.ref.folder}]
    assert same(longer.result(), longer_again.result())


def test_a_copy_that_somebody_made_of_a_run_is_no_run(short: Training) -> None:
    for place in (short.store, short.work.parents[1]):
        folder = place / short.job.ref.folder
        shutil.copytree(folder, folder.with_name(f"{short.job.name}-copy-{short.job.lineage}"))
    longer = with_settings(short, epochs=MANY)
    assert f"resumes from {short.job.ref.folder}," in training_cost(longer.store, longer.job, None)
    assert trained_epochs(finish(longer)) == [3, 4, 5]


def test_it_goes_on_from_the_longest(short: Training) -> None:
    finish(with_settings(short, epochs=FEW + 1), "--keep-state")
    longer = finish(with_settings(short, epochs=MANY))
    assert trained_epochs(longer) == [4, 5]
    assert [stop["after_epoch"] for stop in resumed(longer)] == [FEW, FEW + 1]


def test_a_longer_training_that_is_stopped_remembers_where_it_began(short: Training, tmp_path: Path) -> None:
    longer = with_settings(short, epochs=MANY)
    process = longer.start()
    longer.wait_for("epoch 4/")
    process.kill()
    process.communicate()
    finish(longer)
    assert trained_epochs(longer) == [3, 4, 5]
    assert resumed(longer)[0]["of"] == short.job.ref.folder
    assert "of" not in resumed(longer)[-1]
    assert same(longer.result(), finish(training("numpy", tmp_path / "straight", epochs=MANY, **BEST)).result())


def delete_state(short: Training) -> None:
    (short.work / STATE).unlink()


def damage_state(short: Training) -> None:
    (short.work / STATE).write_bytes((short.work / STATE).read_bytes()[:-100])


def delete_result(short: Training) -> None:
    (short.store / short.job.ref.folder / "sidecar.json").unlink()


def train_again_without(short: Training) -> None:
    """Without the option: what an earlier training with the same settings left must go."""
    delete_result(short)
    start_afresh(short.store, short.job.ref)
    finish(short)


def nothing(short: Training) -> None:
    pass


ANEW: dict[str, tuple[Callable[[Training], None], dict[str, Any], str | None]] = {
    "not kept": (delete_state, {}, "its last state was not kept"),
    "damaged": (damage_state, {}, "finished.npz: it is damaged or truncated (BadZipFile)"),
    "result deleted": (delete_result, {}, None),
    "trained again": (train_again_without, {}, "its last state was not kept"),
    "another rate": (nothing, {"optimiser": {"name": "sgd", "learning_rate": 0.5}}, None),
    "not monitored": (nothing, {"monitor": "none", "result": "last"}, None),
    "early stop": (nothing, {"early_stop": {"patience": 4}}, None),
}


@pytest.mark.parametrize("case", ANEW)
def test_otherwise_it_begins_with_its_first_epoch(case: str, short: Training) -> None:
    change, settings, why = ANEW[case]
    change(short)
    longer = finish(with_settings(short, epochs=MANY, **settings))
    assert trained_epochs(longer) == [1, 2, 3, 4, 5]
    assert resumed(longer) == []
    assert ("does not resume from the finished run of 2 epochs" in longer.log) == (why is not None)
    assert (why or "") in longer.log


def test_neither_schedule_nor_early_stop_may_ask_how_many_epochs_there_are(tmp_path: Path) -> None:
    for number, settings in enumerate(({"schedule": PLATEAU}, {"early_stop": {"patience": 9}})):
        short = finish(training("numpy", tmp_path / str(number), epochs=FEW, **BEST, **settings), "--keep-state")
        assert not (short.work / STATE).exists()
        longer = with_settings(short, epochs=MANY)
        assert "only with a constant learning rate and no early stop" in training_cost(longer.store, longer.job, None)
        assert trained_epochs(finish(longer)) == [1, 2, 3, 4, 5]


def test_under_other_conditions_it_begins_with_its_first_epoch_and_says_so(short: Training) -> None:
    longer = with_settings(short, epochs=MANY)
    longer.start("--threads", "2").communicate()
    assert trained_epochs(longer) == [1, 2, 3, 4, 5]
    assert "it ran under other conditions: threads 1 then 2" in longer.log


def test_a_forced_training_does_again_what_was_done(short: Training) -> None:
    longer = with_settings(short, epochs=MANY)
    start_afresh(longer.store, longer.job.ref)
    assert training_cost(longer.store, longer.job, None).startswith("costs all 5 epochs")
    assert trained_epochs(finish(longer)) == [1, 2, 3, 4, 5]


def test_the_cost_of_a_change_is_told_either_way(short: Training) -> None:
    def cost(**changes: Any) -> str:
        return training_cost(short.store, with_settings(short, **changes).job, None)

    assert cost(seed=9) == "costs all 2 epochs"
    assert cost(epochs=1).startswith("costs its only epoch: the finished run has 2 epochs, and only the state")
    delete_state(short)
    assert NOT_KEPT in cost(epochs=MANY)
    longer = with_settings(short, epochs=MANY)
    process = longer.start()
    longer.wait_for("epoch 3/")
    process.kill()
    process.communicate()
    assert ": resumes from its checkpoint after epoch " in cost(epochs=MANY)
