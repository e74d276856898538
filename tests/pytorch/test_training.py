from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.metrics import accuracy_score, log_loss

from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.network import Network
from study.backends.pytorch.scoring import all_scores
from study.backends.pytorch.trainer import PytorchTrainer
from study.backends.pytorch.weights import export_parameters, initial_network, trained_network
from study.data.tensor_cache import TensorCache
from study.errors import StudyError
from study.recipe.run import RunSpec
from study.runs.checkpoints import Checkpoint, resume, save
from study.runs.record import reported_epoch
from study.store.parameters import write_parameters
from study.training.history import Epoch, Score
from study.training.loop import Progress, fit, start
from study.training.randomness import split_validation
from support import plain_training
from support.augmentations import CHANGES, check_augmentation
from support.shuffled import check_labels, check_spoiled_labels_are_noticed, final_accuracies
from support.tiny import cache, resized, run_spec

CPU = torch.device("cpu")


COUNTS = {"train": 64, "test": 32}


def make_trainer(spec: RunSpec, images: TensorCache) -> tuple[PytorchTrainer, Network]:
    network = initial_network(spec, None)
    return PytorchTrainer(spec, network, DeviceData(spec.input, images, CPU)), network


def train(spec: RunSpec, images: TensorCache) -> tuple[list[Epoch], dict[str, np.ndarray], PytorchTrainer]:
    trainer, _ = make_trainer(spec, images)
    counts = {"train": len(images.train.labels), "test": len(images.test.labels)}
    progress = fit(trainer, spec, counts, start(spec), on_epoch=lambda _: None, on_batch=lambda _: None)
    return list(progress.history), dict(trainer.parameters()), trainer


def outcome(history: list[Epoch]) -> list[tuple[float, ...]]:
    """A history without what depends on the clock."""
    return [(e.learning_rate, e.train_loss, e.train_accuracy, e.monitor_loss, e.monitor_accuracy) for e in history]


def test_a_small_set_is_learned_by_heart() -> None:
    history, _, _ = train(run_spec("pytorch", epochs=40, optimiser={"name": "adam", "learning_rate": 5e-3}), cache())
    # 1.46 would betray a softmax applied twice, ln 4 = 1.39 guessing.
    assert history[-1].train_loss < 0.2


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_same_seed_gives_the_same_bits(precision: str) -> None:
    spec = run_spec("pytorch", precision=precision, monitor="test")
    (one, parameters, _), (two, again, _) = train(spec, cache()), train(spec, cache())
    assert outcome(one) == outcome(two)
    assert all(np.array_equal(parameters[name], again[name]) for name in parameters)


@pytest.mark.parametrize("rule", ["pillow", "float"])
def test_both_stores_train_the_same_network(rule: str) -> None:
    spec = run_spec("pytorch", input={"size": 24, "resize": rule}, monitor="test")
    (native, one, _), (stored, two, _) = train(spec, cache()), train(spec, resized(cache(), 24, rule))
    assert outcome(native) == outcome(stored)
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_frozen_parameters_do_not_move() -> None:
    spec = run_spec("pytorch", frozen={"layers": ["conv1", "conv2"]})
    start = export_parameters(initial_network(spec, None))
    start = {name: value.copy() for name, value in start.items()}
    _, end, _ = train(spec, cache())
    assert {name for name in end if not np.array_equal(start[name], end[name])} == {
        f"{layer}.{part}" for layer in ("dense1", "dense2") for part in ("weight", "bias")
    }


def test_a_loss_that_is_not_finite_stops_the_run_with_the_remedy() -> None:
    spec = run_spec("pytorch", optimiser={"name": "sgd", "learning_rate": 1e30})
    with pytest.raises(StudyError, match=r"training loss became (nan|inf) in epoch \d.*lower optimiser.learning_rate"):
        train(spec, cache())


def test_the_plateau_schedule_lowers_the_rate_that_the_optimiser_uses() -> None:
    schedule = {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 0.99}
    history, _, trainer = train(run_spec("pytorch", schedule=schedule, monitor="test", epochs=3), cache())
    assert [epoch.learning_rate for epoch in history] == [2e-3, 2e-3, 1e-3]
    assert trainer.optimiser.param_groups[0]["lr"] == 1e-3


@pytest.mark.parametrize("augmentation", CHANGES)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_changed_images_train_as_if_they_were_stored_so_and_are_scored_as_they_are(
    precision: str, augmentation: str
) -> None:
    check_augmentation(augmentation, lambda images: make_trainer(run_spec("pytorch", precision=precision), images)[0])


def test_shuffled_labels_train_as_if_they_were_stored_so_and_images_are_scored_by_their_own() -> None:
    def trainer(images: TensorCache) -> PytorchTrainer:
        return make_trainer(run_spec("pytorch"), images)[0]

    check_labels(trainer)
    check_spoiled_labels_are_noticed(trainer)


def test_a_training_with_shuffled_labels_ends_at_chance() -> None:
    found = final_accuracies("pytorch", lambda spec, images: make_trainer(spec, images)[0])
    assert found["given"] > 0.9
    assert found["shuffled"] < 0.4  # of four classes, with 4 standard errors of 128 images


def test_validation_images_are_scored_and_not_trained_on() -> None:
    spec = run_spec("pytorch", monitor="validation", validation_fraction=0.25, epochs=1)
    seen = []
    network = initial_network(spec, None)
    trainer = PytorchTrainer(spec, network, DeviceData(spec.input, cache(), CPU))
    fit(trainer, spec, {"train": 64, "test": 32}, start(spec), on_epoch=lambda _: None, on_batch=seen.append)
    assert sum(seen) == 48


def test_scores_do_not_depend_on_dropout_or_on_the_call() -> None:
    _, _, trainer = train(run_spec("pytorch", epochs=1), cache())
    one, two = (all_scores(trainer.network, trainer.data, "test") for _ in range(2))
    assert one.dtype == np.float32
    assert one.shape == (32, 4)
    assert np.array_equal(one, two)


RESUMED = {
    "adam": {},
    "momentum": {"optimiser": {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9}},
    "plateau": {
        "schedule": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 0.99},
        "monitor": "test",
    },
    "best epoch": {"result": "best", "monitor": "validation", "validation_fraction": 0.25},
    "early stop": {
        "early_stop": {"patience": 3},
        "monitor": "test",
        "optimiser": {"name": "adam", "learning_rate": 1e-6},
    },
    "bfloat16": {"precision": "bfloat16"},
    "float16": {"precision": "float16"},
}


@pytest.mark.parametrize("settings", RESUMED.values(), ids=RESUMED)
@pytest.mark.parametrize("stop_after", [1, 3])
def test_a_resumed_training_ends_as_one_that_never_stopped(
    settings: dict[str, object], stop_after: int, tmp_path: Path
) -> None:
    spec = run_spec("pytorch", epochs=5, **settings)
    counts = {"train": 64, "test": 32}

    def trainer() -> PytorchTrainer:
        return PytorchTrainer(spec, initial_network(spec, None), DeviceData(spec.input, cache(), CPU))

    def go_on(trainer: PytorchTrainer, progress: Progress, save_after: int) -> Progress:
        def on_epoch(progress: Progress) -> None:
            if progress.epochs == save_after:
                save(tmp_path, "lineage", Checkpoint(progress, trainer.state(), {}))

        return fit(trainer, spec, counts, progress, on_epoch, on_batch=lambda _: None)

    straight = trainer()
    expected = go_on(straight, start(spec), save_after=0)
    go_on(trainer(), start(spec), save_after=stop_after)
    resumed = trainer()
    checkpoint = resume(tmp_path, "lineage", resumed, say=pytest.fail)
    assert checkpoint is not None
    assert checkpoint.progress.epochs == stop_after
    found = go_on(resumed, checkpoint.progress, save_after=0)
    assert outcome(list(found.history)) == outcome(list(expected.history))
    assert found.course == expected.course
    one, two = straight.state(), resumed.state()
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)
    best, best_again = expected.best_parameters or {}, found.best_parameters or {}
    assert all(np.array_equal(best[name], best_again[name]) for name in best)


def test_a_checkpoint_that_lacks_a_variable_is_left_aside_with_its_name(tmp_path: Path) -> None:
    spec = run_spec("pytorch")
    counts = {"train": 64, "test": 32}
    trainer = PytorchTrainer(spec, initial_network(spec, None), DeviceData(spec.input, cache(), CPU))
    progress = fit(trainer, spec, counts, start(spec), on_epoch=lambda _: None, on_batch=lambda _: None)
    state = trainer.state()
    for name in state:
        lacking = {other: array for other, array in state.items() if other != name}
        save(tmp_path, "lineage", Checkpoint(progress, lacking, {}))
        said: list[str] = []
        assert resume(tmp_path, "lineage", trainer, said.append) is None, name
        assert "lacks" in said[0]


NATIVE = {
    "adam": (
        {"name": "adam", "learning_rate": 2e-3},
        {"weight_decay": 0.0, "adam_epsilon": 1e-8, "epsilon_placement": "after_correction"},
    ),
    "momentum": (
        {"name": "sgd", "learning_rate": 1e-3, "momentum": 0.9},
        {"weight_decay": 0.0, "momentum_form": "rate_outside"},
    ),
}
"""Optimisers with everything left to the framework, and what its formula also needs."""


@pytest.mark.parametrize(("native", "formula"), NATIVE.values(), ids=NATIVE)
def test_a_training_ends_where_a_plain_one_ends(native: dict[str, object], formula: dict[str, object]) -> None:
    spec = plain_training.regression("pytorch", optimiser=native)
    begun = {name: array.copy() for name, array in export_parameters(initial_network(spec, None)).items()}
    _, found, _ = train(spec, cache())
    expected = plain_training.train(spec, cache(), begun, native | formula)
    # Float32 rounding, which Adam divides by gradients that may be small; a step count off by one gives 0.1 and more.
    assert plain_training.distance(found, expected, begun) < 1e-4


@pytest.mark.parametrize("monitor", ["test", "validation"])
def test_the_monitor_scores_the_images_of_its_split_by_their_labels(monitor: str) -> None:
    spec = plain_training.regression("pytorch", monitor=monitor, validation_fraction=0.25, epochs=1)
    history, parameters, _ = train(spec, cache())
    split, indices = ("test", np.arange(32)) if monitor == "test" else ("train", split_validation(64, 0.25, 0)[1])
    expected = plain_training.score(cache(), split, indices, parameters)
    assert history[0].monitor_accuracy == expected.accuracy
    assert history[0].monitor_loss == pytest.approx(expected.loss, rel=1e-5)  # float32 scores of about 1


def test_the_best_epochs_parameters_are_kept_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = run_spec("pytorch", result="best", monitor="test", epochs=4)
    trainer, _ = make_trainer(spec, cache())
    scores = iter([Score(1.0, accuracy) for accuracy in (0.3, 0.8, 0.5, 0.8)])
    monkeypatch.setattr(trainer, "score", lambda split, indices: next(scores))
    after: list[dict[str, np.ndarray]] = []

    def note(progress: Progress) -> None:
        after.append({name: array.copy() for name, array in trainer.parameters().items()})

    best = fit(trainer, spec, COUNTS, start(spec), note, lambda _: None).best_parameters
    assert best is not None
    assert all(np.array_equal(best[name], after[1][name]) for name in best)
    assert not np.array_equal(best["dense1.weight"], after[3]["dense1.weight"])


def dropped(seed: int) -> list[np.ndarray]:
    """What dropout leaves of ones, twice in one training."""
    _, network = make_trainer(run_spec("pytorch", seed=seed), cache())
    (layer,) = (module for module in network.train().modules() if isinstance(module, torch.nn.Dropout))
    return [layer(torch.ones(1_000)).numpy() for _ in range(2)]


def test_dropout_draws_by_the_runs_seed() -> None:
    (first, second), (again, _), (other, _) = dropped(0), dropped(0), dropped(1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("result", ["last", "best"])
def test_the_reported_epochs_accuracy_is_that_of_the_predictions(result: str, precision: str, tmp_path: Path) -> None:
    spec = run_spec("pytorch", result=result, precision=precision, monitor="test", epochs=3)
    trainer, _ = make_trainer(spec, cache())
    progress = fit(trainer, spec, COUNTS, start(spec), lambda _: None, lambda _: None)
    write_parameters(tmp_path / "model.npz", progress.best_parameters or trainer.parameters())
    network = trained_network(spec, tmp_path / "model.npz")
    scores = all_scores(network, DeviceData(spec.input, cache(), CPU), "test")
    # The same batches through the same code.
    reported = progress.history[reported_epoch(progress) - 1]
    assert accuracy_score(cache().test.labels, scores.argmax(axis=1)) == reported.monitor_accuracy
    assert log_loss(cache().test.labels, softmax(np.float64(scores), axis=1)) == pytest.approx(
        reported.monitor_loss, rel=1e-12
    )
