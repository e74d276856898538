from types import SimpleNamespace

import keras
import numpy as np
import pytest

from study.training.course import Course, advance
from study.training.rate_state import RateState
from support.tiny import run_spec

FLOAT32 = 1e-6
"""Keras keeps the rate in float32."""


@pytest.mark.parametrize("seed", range(20))
def test_the_rate_falls_in_the_epochs_in_which_keras_lowers_it(seed: int) -> None:
    generator = np.random.default_rng(seed)
    factor, patience = float(generator.choice([0.1, 0.2, 0.5])), int(generator.integers(1, 4))
    min_delta, minimum = float(generator.choice([0.0, 1e-4, 0.02])), float(generator.choice([0.0, 1e-5, 1e-3]))
    accuracies = np.round(0.5 + 0.1 * generator.random(25), 2).tolist()
    theirs = keras.callbacks.ReduceLROnPlateau(
        "accuracy", factor=factor, patience=patience, mode="max", min_delta=min_delta, min_lr=minimum
    )
    optimizer = keras.optimizers.SGD(1e-2)
    theirs.set_model(SimpleNamespace(optimizer=optimizer))
    theirs.on_train_begin()
    schedule = {"name": "reduce_on_plateau", "factor": factor, "patience": patience}
    spec = run_spec("tensorflow", schedule={**schedule, "min_delta": min_delta, "minimum": minimum}, monitor="test")
    course, ours, expected = Course(RateState(1e-2)), [], []
    for epoch, accuracy in enumerate(accuracies, start=1):
        course = advance(spec, course, epoch, accuracy)
        theirs.on_epoch_end(epoch - 1, {"accuracy": accuracy})
        ours.append(course.rate)
        expected.append(float(optimizer.learning_rate))
    assert len(set(ours)) > 1
    assert ours == pytest.approx(expected, rel=FLOAT32)
