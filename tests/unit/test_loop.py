import math
from typing import Any

import numpy as np
import pytest

from study.errors import PermanentError
from study.recipe.run import RunSpec
from study.training.loop import Progress, fit, start
from study.training.randomness import split_validation
from support.scripted import NAN, Outcome, ScriptedTrainer
from support.tiny import run_spec

IMAGES = {"train": 40, "test": 25}
UPS_AND_DOWNS = [Outcome(accuracy) for accuracy in (0.3, 0.8, 0.5, 0.8)]


def best(**changes: Any) -> RunSpec:
    return run_spec("pytorch", **({"epochs": 4, "monitor": "test", "result": "best"} | changes))


def finish(spec: RunSpec, trainer: ScriptedTrainer, progress: Progress | None = None) -> Progress:
    return fit(trainer, spec, IMAGES, progress or start(spec), lambda _: None, lambda _: None)


def test_the_best_epoch_is_kept_and_not_the_last() -> None:
    progress = finish(best(), ScriptedTrainer(UPS_AND_DOWNS))
    assert progress.best_parameters == {"epoch": 2}
    assert progress.epochs == 4


@pytest.mark.parametrize("fraction", [0.0, 0.25])
def test_flips_are_drawn_by_seed_epoch_and_image_and_by_nothing_else(fraction: float) -> None:
    def flipped(**changes: Any) -> list[dict[int, bool]]:
        """For each epoch, whether each image was mirrored."""
        trainer = ScriptedTrainer(UPS_AND_DOWNS)
        monitor = {"monitor": "validation", "validation_fraction": fraction} if fraction else {}
        finish(best(augmentation="flips", **monitor, **changes), trainer)
        epochs = zip(trainer.trained, trainer.draws, strict=True)
        return [dict(zip(order.tolist(), draws["mirrored"].tolist(), strict=True)) for order, draws in epochs]

    found = flipped()
    assert len(found) == 4
    assert found == flipped(batch_size=3, shuffle=False)
    assert len({tuple(sorted(epoch.items())) for epoch in [*found, *flipped(seed=1)]}) == 8
    assert 0.3 < np.mean([list(epoch.values()) for epoch in found]) < 0.7


def test_without_augmentation_nothing_is_mirrored() -> None:
    trainer = ScriptedTrainer(UPS_AND_DOWNS)
    finish(best(), trainer)
    assert trainer.draws == [{}] * 4


@pytest.mark.parametrize("fraction", [0.0, 0.25])
def test_shuffled_labels_stay_the_same_for_the_whole_training_and_depend_on_the_seed_only(fraction: float) -> None:
    held_out = {"monitor": "validation", "validation_fraction": fraction} if fraction else {}
    train, validation = split_validation(IMAGES["train"], fraction, seed=0)

    def sources(framework: str = "pytorch", **changes: Any) -> list[dict[int, int]]:
        """For each epoch, whose label each image had."""
        settings = {"epochs": 4, "monitor": "test", "labels": "shuffled"} | held_out | changes
        trainer = ScriptedTrainer(UPS_AND_DOWNS)
        finish(run_spec(framework, **settings), trainer)
        for split, scored in trainer.scored:
            assert (split, list(scored)) == (("train", list(validation)) if fraction else ("test", list(range(25))))
        epochs = zip(trainer.trained, trainer.labelled, strict=True)
        return [dict(zip(order.tolist(), given.tolist(), strict=True)) for order, given in epochs if given is not None]

    found = sources()
    assert found == [found[0]] * 4
    assert found == sources("tensorflow") == sources(batch_size=3, shuffle=False, augmentation="flips")
    assert set(found[0]) == set(found[0].values()) == set(train.tolist())
    assert sum(image == source for image, source in found[0].items()) < len(train) / 4


def test_the_labels_that_are_given_are_trained_for_otherwise() -> None:
    trainer = ScriptedTrainer(UPS_AND_DOWNS)
    finish(best(), trainer)
    assert trainer.labelled == [None] * 4


def test_no_epoch_is_kept_where_the_last_is_the_result() -> None:
    assert finish(best(result="last"), ScriptedTrainer(UPS_AND_DOWNS)).best_parameters is None


LATER = {
    "training loss": NAN,
    "infinite training loss": Outcome(0.1, train_loss=math.inf),
    "monitored loss": Outcome(0.9, monitor_loss=math.nan, parameter=math.nan),
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
@pytest.mark.parametrize("epoch", [2, 3, 4])
def test_a_loss_that_is_not_finite_after_the_best_epoch_ends_the_training_with_it(epoch: int, later: Outcome) -> None:
    outcomes = [Outcome(0.6), *[Outcome(0.5)] * (epoch - 2), later, *[Outcome(0.9)] * 4]
    progress = finish(best(), ScriptedTrainer(outcomes))
    assert progress.best_parameters == {"epoch": 1}
    assert progress.course.best_epoch == 1
    assert [row.epoch for row in progress.history] == list(range(1, epoch))
    assert progress.diverged is not None
    assert progress.diverged.epoch == epoch
    assert (
        f"loss became {'inf' if later.train_loss == math.inf else 'nan'} in epoch {epoch}" in progress.diverged.reason
    )


@pytest.mark.parametrize("first", LATER.values(), ids=LATER)
def test_a_loss_that_is_not_finite_before_any_best_epoch_is_an_error(first: Outcome) -> None:
    with pytest.raises(PermanentError, match=r"loss became (nan|inf) in epoch 1, .*; lower optimiser\.learning_rate$"):
        finish(best(), ScriptedTrainer([first]))


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_a_loss_that_is_not_finite_is_an_error_where_the_last_epoch_is_the_result(later: Outcome) -> None:
    with pytest.raises(PermanentError, match="in epoch 3"):
        finish(best(result="last"), ScriptedTrainer([Outcome(0.5), Outcome(0.6), later]))


@pytest.mark.parametrize(
    ("precision", "remedy"),
    [
        ("float32", "lower optimiser.learning_rate"),
        ("float64", "lower optimiser.learning_rate"),
        ("bfloat16", "lower optimiser.learning_rate or set precision: float32"),
        (
            "float16",
            "lower optimiser.learning_rate, or set precision: float32, as float16 overflows beyond 65,504",
        ),
    ],
)
def test_the_advice_is_something_that_the_run_does_not_do_already(precision: str, remedy: str) -> None:
    with pytest.raises(PermanentError) as found:
        finish(best(precision=precision), ScriptedTrainer([NAN]))
    assert str(found.value).endswith(f"; {remedy}")


def test_the_test_images_are_monitored_as_such_and_all_of_them() -> None:
    trainer = ScriptedTrainer(UPS_AND_DOWNS)
    finish(best(validation_fraction=0.2), trainer)
    assert [(split, indices.tolist()) for split, indices in trainer.scored] == [("test", list(range(25)))] * 4


def test_the_images_set_aside_are_monitored_as_training_images_and_not_trained_on() -> None:
    trainer = ScriptedTrainer(UPS_AND_DOWNS)
    spec = best(monitor="validation", validation_fraction=0.2, seed=5)
    finish(spec, trainer)
    trained_on, set_aside = split_validation(40, 0.2, 5)
    assert [(split, indices.tolist()) for split, indices in trainer.scored] == [("train", set_aside.tolist())] * 4
    assert all(sorted(order) == trained_on.tolist() for order in trainer.trained)


def test_nothing_is_scored_where_nothing_is_monitored() -> None:
    trainer = ScriptedTrainer(UPS_AND_DOWNS)
    progress = finish(best(monitor="none", result="last"), trainer)
    assert trainer.scored == []
    assert np.all([row.monitor_accuracy is None for row in progress.history])
