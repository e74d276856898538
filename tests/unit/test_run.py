"""One training from its settings to its artefact, with a trainer whose epochs are written down."""

import itertools
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from study.errors import PermanentError, Stopped
from study.machine.devices import Device
from study.recipe.layer_table import LayerRow
from study.recipe.run import RunSpec
from study.runs.inputs import Inputs, origins_of
from study.runs.once import Work
from study.runs.record import git_commit
from study.runs.run_lease import hold_run
from study.runs.training import Saving, run_training
from study.store.artefacts import new_artefact, open_artefact
from study.store.jobs import Job
from support.scripted import NAN, Outcome, ScriptedTrainer
from support.tiny import cache, run_spec

LAYERS = [LayerRow("dense1", "Linear", 10, True), LayerRow("bn1", "BatchNorm2d", 4, False)]
JOB = Job("runs", "tiny-s0", {}, "none")
DIVERGES = [Outcome(0.3), Outcome(0.8), Outcome(0.5), NAN]


def begin(
    folder: Path,
    outcomes: Sequence[Outcome],
    spec: RunSpec,
    stopped_in: int | None = None,
    manifest: dict[str, Any] | None = None,
    origins: Mapping[str, RunSpec] | None = None,
    device: str = "one",
) -> tuple[dict[str, Any], pd.DataFrame, dict[str, np.ndarray], str]:
    """Record, history, parameters and log of a training that saves its state after every epoch."""
    images = cache()
    inputs = Inputs(spec, replace(images, manifest=manifest or images.manifest), None, origins or {})
    trainer = ScriptedTrainer(outcomes, stopped_in)
    with hold_run(folder, print) as lease:
        work = Work(folder, lease, folder)
        run_training(JOB, inputs, trainer, LAYERS, Device("cpu", device), 1, Saving(0.0, None), work)
    artefact = open_artefact(folder, JOB.ref)
    with np.load(artefact.file("model.npz")) as arrays:
        parameters = dict(arrays)
    record = json.loads(artefact.file("run.json").read_text(encoding="utf-8"))
    return record, pd.read_csv(artefact.file("history.csv")), parameters, (folder / "train.log").read_text("utf-8")


def best(**changes: Any) -> RunSpec:
    return run_spec("pytorch", **({"epochs": 6, "monitor": "test", "result": "best"} | changes))


def test_a_training_that_diverges_gives_its_best_epoch_and_says_so(tmp_path: Path) -> None:
    record, history, parameters, log = begin(tmp_path, DIVERGES, best())
    assert (record["ended"], record["diverged_in"], record["reported_epoch"]) == ("diverged", 4, 2)
    assert record["epochs_trained"] == 3
    assert parameters == {"epoch": 2}
    assert history["epoch"].tolist() == [1, 2, 3]
    assert record["seconds"] == pytest.approx(history["seconds"].sum() + history["monitor_seconds"].sum())
    assert "the training loss became nan in epoch 4; the training ends there, and its best epoch is the result" in log
    assert log.endswith("complete after 3 epochs; its result is epoch 2\n")


@pytest.mark.parametrize("stopped_in", [1, 2, 3, 4])
def test_a_training_that_diverges_ends_in_the_same_way_wherever_it_was_stopped(stopped_in: int, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        begin(tmp_path, DIVERGES, best(), stopped_in)
    record, history, parameters, _ = begin(tmp_path, DIVERGES, best())
    assert (record["ended"], record["diverged_in"], record["reported_epoch"]) == ("diverged", 4, 2)
    assert parameters == {"epoch": 2}
    assert history["monitor_accuracy"].tolist() == [0.3, 0.8, 0.5]


def test_every_stop_is_recorded_with_what_changed(tmp_path: Path) -> None:
    outcomes, spec = [Outcome(0.5)] * 4, best(epochs=4)
    for stopped_in, device in ((2, "one"), (4, "other")):
        with pytest.raises(Stopped):
            begin(tmp_path, outcomes, spec, stopped_in, device=device)
    record, *_ = begin(tmp_path, outcomes, spec, device="other")
    devices = [{"kind": "cpu", "name": name} for name in ("one", "other")]
    first, second = record["resumed"]
    assert first["after_epoch"] == 1
    assert [{key: device[key] for key in ("kind", "name")} for device in first["changed"]["device"]] == devices
    assert second == {"after_epoch": 3, "changed": {}}


def test_the_commit_that_is_checked_out_is_recorded_and_whether_files_differ_from_it(tmp_path: Path) -> None:
    assert git_commit(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert git_commit(tmp_path) is None  # nothing is committed
    (tmp_path / "file").write_text("one")
    for command in (("add", "file"), ("commit", "-q", "-m", "one"), ("tag", "-a", "v1", "-m", "v1")):
        subprocess.run([*git, *command], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert git_commit(tmp_path) == commit
    (tmp_path / "file").write_text("two")
    assert git_commit(tmp_path) == f"{commit}-dirty"


def test_a_record_says_what_was_asked_for_and_what_was_used(tmp_path: Path) -> None:
    spec = best(epochs=1, seed=7)
    record, *_ = begin(tmp_path, [Outcome(0.5)], spec)
    assert record["spec"] == spec.model_dump(mode="json")
    assert (record["seed"], record["precision"], record["threads"]) == (7, "float32", 1)
    assert record["device"] == asdict(Device("cpu", "one"))
    assert record["framework_version"] == record["versions"]["torch"] == version("torch")
    assert {"features", "resumed", "host", "git_commit", "parameters", "layers", "steering", "leak"} < record.keys()


def test_parameters_that_are_not_finite_after_the_best_epoch_do_no_harm(tmp_path: Path) -> None:
    outcomes = [Outcome(0.8), Outcome(0.5), Outcome(0.1, parameter=np.inf)]
    record, _, parameters, _ = begin(tmp_path, outcomes, best(epochs=3))
    assert parameters == {"epoch": 1}
    assert (record["ended"], record["diverged_in"], record["reported_epoch"]) == ("planned", None, 1)


@pytest.mark.parametrize("result", ["best", "last"])
def test_parameters_that_are_reported_must_be_finite(result: str, tmp_path: Path) -> None:
    outcomes = [Outcome(0.5), Outcome(0.8, parameter=np.nan)]
    with pytest.raises(PermanentError, match=r"parameters after epoch 2 are not finite.*; lower optimiser\.learning"):
        begin(tmp_path, outcomes, best(epochs=2, result=result))


@pytest.mark.parametrize(
    ("accuracies", "ended", "reported"),
    [
        pytest.param((0.5, 0.6, 0.7, 0.8), "planned", 4, id="gets better to the end"),
        pytest.param((0.8, 0.6, 0.7, 0.7), "early_stop", 1, id="stops in its third epoch"),
        pytest.param((0.5, 0.8, 0.7, 0.7), "planned", 2, id="would stop after its last epoch"),
    ],
)
def test_the_record_says_how_a_training_ended(
    accuracies: tuple[float, ...], ended: str, reported: int, tmp_path: Path
) -> None:
    spec = best(epochs=4, early_stop={"patience": 2})
    record, history, parameters, _ = begin(tmp_path, [Outcome(accuracy) for accuracy in accuracies], spec)
    assert (record["ended"], record["reported_epoch"]) == (ended, reported)
    assert record["epochs_trained"] == len(history) == (3 if ended == "early_stop" else 4)
    assert parameters == {"epoch": reported}


def test_the_last_epoch_is_reported_where_it_is_the_result(tmp_path: Path) -> None:
    spec = best(epochs=3, result="last", early_stop={"patience": 1})
    record, _, parameters, _ = begin(tmp_path, [Outcome(0.8), Outcome(0.5)], spec)
    assert (record["ended"], record["reported_epoch"], record["epochs_trained"]) == ("early_stop", 2, 2)
    assert parameters == {"epoch": 2}


SCHEDULES = {"constant": {"name": "constant"}, "plateau": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1}}
COMBINATIONS = [
    (monitor, schedule, early_stop, result)
    for monitor, schedule, early_stop, result in itertools.product(
        ("test", "validation", "none"), SCHEDULES, ("never", {"patience": 1}), ("last", "best")
    )
]


@pytest.mark.parametrize(("monitor", "schedule", "early_stop", "result"), COMBINATIONS)
def test_the_record_says_what_followed_the_monitored_images(
    monitor: str, schedule: str, early_stop: Any, result: str, tmp_path: Path
) -> None:
    expected = []
    if monitor != "none":
        expected += ["schedule"] if schedule == "plateau" else []
        expected += ["early_stop"] if early_stop != "never" else []
        expected += ["result"] if result == "best" else []
    changes = {"schedule": SCHEDULES[schedule], "early_stop": early_stop, "result": result}
    spec = best(epochs=1, monitor=monitor, validation_fraction=0.25 if monitor == "validation" else 0.0, **changes)
    record, *_ = begin(tmp_path, [Outcome(0.5)], spec)
    assert record["steering"] == expected
    assert record["leak"] is (monitor == "test" and expected != [])


def test_weights_that_are_not_finite_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    trainer = ScriptedTrainer([Outcome(0.5, parameter=np.nan)], epoch=1)
    inputs = Inputs(best(weights="file"), cache(), Path("weights/alexnet.pth"))
    with (
        hold_run(tmp_path, print) as lease,
        pytest.raises(PermanentError, match=r"alexnet\.pth: has values that"),
    ):
        run_training(
            JOB, inputs, trainer, LAYERS, Device("cpu", "one"), 1, Saving(0.0, None), Work(tmp_path, lease, tmp_path)
        )
    assert trainer.trained == []


def test_the_record_has_what_the_features_cost_and_what_the_layers_are(tmp_path: Path) -> None:
    manifest = {"store": "features", "dtype": "float32", "precision": "float32", "shape": [4], "seconds": 12.5}
    on_features, *_ = begin(tmp_path / "features", [Outcome(0.5)], best(epochs=1), manifest=manifest)
    on_images, *_ = begin(tmp_path / "images", [Outcome(0.5)], best(epochs=1))
    assert on_features["features"] == {"seconds": 12.5}
    assert on_images["features"] is None
    assert [(layer["name"], layer["type"]) for layer in on_images["layers"]] == [
        ("dense1", "Linear"),
        ("bn1", "BatchNorm2d"),
    ]
    assert on_images["parameters"] == {"total": 14, "trainable": 10}


def test_a_line_of_the_log_that_cannot_be_written_does_not_end_a_training(tmp_path: Path) -> None:
    # A folder in the log's place: opening it fails for root too.
    (tmp_path / "train.log").mkdir()
    with pytest.raises(IsADirectoryError):  # from the test, which reads the log last
        begin(tmp_path, [Outcome(0.5)], best(epochs=1))
    assert open_artefact(tmp_path, JOB.ref).file("run.json").exists()


NOTE = "note: the initial parameters were learned by other-s0 with values from 0 to 1 (zero_to_one)"


def test_images_that_initial_parameters_do_not_expect_are_told_before_the_first_epoch_and_once(tmp_path: Path) -> None:
    spec = run_spec("pytorch", epochs=3, weights="run")
    origins = {"other-s0": run_spec("pytorch", input={"size": 16, "scaling": "zero_to_one"})}
    with pytest.raises(Stopped):
        begin(tmp_path, [Outcome(0.5)] * 3, spec, stopped_in=3, origins=origins)
    log = begin(tmp_path, [Outcome(0.5)] * 3, spec, origins=origins)[3]
    assert log.count(NOTE) == 1
    assert log.index(NOTE) < log.index("epoch 1/3")
    assert "resumes after epoch" in log


def test_parameters_are_followed_through_all_runs_that_are_still_there(tmp_path: Path) -> None:
    far = Job("runs", "far-s0", run_spec("pytorch", epochs=9).model_dump(mode="json"), "none")
    gone = replace(far, name="gone-s0", spec=run_spec("pytorch", epochs=7).model_dump(mode="json"))
    near = Job("runs", "far-s0", run_spec("pytorch", weights="run").model_dump(mode="json"), "none", (far.ref,))
    lonely = replace(near, name="lonely-s0", inputs=(gone.ref,))
    for job in (far, near, lonely):
        with new_artefact(tmp_path, job):
            pass
    found = dict(origins_of(tmp_path, near.ref))
    assert [(name, spec.epochs) for name, spec in found.items()] == [(near.ref.folder, 2), (far.ref.folder, 9)]
    assert list(dict(origins_of(tmp_path, lonely.ref))) == [lonely.ref.folder]
