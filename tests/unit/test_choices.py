"""What is chosen by name: each choice has all the files that it needs, found and tested wherever one is added."""

import dataclasses
import inspect
import json
import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, get_args

import numpy as np
import pytest

from study.data.sources import read_dataset
from study.parity.oracle import trajectory
from study.recipe.base import SpecModel
from study.recipe.choices import OPTIMISERS, SCHEDULES, SOURCES, Schedule, optimiser_keys
from study.recipe.data import TensorSpec
from study.recipe.optimiser import OptimiserSettings
from study.training.course import Course, advance
from study.training.rate_state import RateState
from support.all_values import FIXED
from support.optimisers import ALL_FORMS, ALL_VARIANTS, RATE
from support.paths import SCRIPTS
from support.schema_values import examples
from support.tiny import run_spec

KINDS: Mapping[str, tuple[str, Mapping[str, type[SpecModel]], tuple[str, ...]]] = {
    "optimisers": ("name", OPTIMISERS, ("backends/pytorch/optimisers", "backends/tensorflow/optimisers")),
    "schedules": ("name", SCHEDULES, ("training/schedules",)),
    "sources": ("source", SOURCES, ("data",)),
}
"""By folder of ``recipe``: the key that holds the name, the models, and where each name has a file of code."""
CHOICES = [(folder, name) for folder, (_, models, _) in KINDS.items() for name in models]


@pytest.mark.parametrize(("folder", "name"), CHOICES)
def test_every_choice_is_called_as_its_file_and_has_its_code(folder: str, name: str) -> None:
    key, models, places = KINDS[folder]
    assert get_args(models[name].model_fields[key].annotation) == (name,)
    for place in places:
        assert (SCRIPTS / "study" / place / f"{name}.py").is_file(), f"{place}/{name}.py is missing"


@pytest.mark.parametrize("name", OPTIMISERS)
def test_every_optimiser_says_what_fills_its_gaps_and_has_a_formula(name: str) -> None:
    model = OPTIMISERS[name]
    own = {key for key in model.model_fields if key not in OptimiserSettings.model_fields}
    settable = {key for key in own if model.model_fields[key].default is None}
    for owner in ("pytorch", "keras"):
        assert model.gaps.get(owner, {}).keys() == settable, f"{name}: gaps of {owner}"
    assert list(inspect.signature(import_module(model.__module__).moves).parameters)[1:] == [
        *("step", "gradient", "rate", "memory")
    ]
    assert own <= optimiser_keys().keys()


@pytest.mark.parametrize("native", ALL_VARIANTS.values(), ids=ALL_VARIANTS)
def test_what_is_left_out_is_filled_and_what_is_filled_stays(native: OptimiserSettings) -> None:
    for owner in ("pytorch", "keras"):
        filled = native.filled(owner)
        assert filled.filled(owner) == filled
        assert filled.plain == native
        idle = [key for key, other in native.needs.items() if not getattr(filled, other)]
        assert [key for key in filled.settable if getattr(filled, key) is None] == idle


@pytest.mark.parametrize("form", ALL_FORMS.values(), ids=ALL_FORMS)
def test_a_formula_goes_down_the_slope(form: OptimiserSettings) -> None:
    path = trajectory(form, np.zeros(2), np.array([[1.0, -1.0]] * 5), np.full(5, form.learning_rate))
    assert (np.diff(path[:, 0]) < 0).all()
    assert np.array_equal(path[:, 0], -path[:, 1])


ACCURACIES = [0.2, 0.5, 0.5, 0.4, 0.5, 0.6, 0.1, 0.1]
PLANNED = {str(given): given for given in examples(Schedule, FIXED)}


def rates(given: dict[str, Any], accuracies: Sequence[float | None]) -> list[float]:
    """The rate of each epoch; between two of them, its state goes through a checkpoint's JSON."""
    spec = run_spec("pytorch", schedule=given, monitor="test", epochs=len(accuracies))
    state, found = RateState(RATE), []
    for epoch, accuracy in enumerate(accuracies, start=1):
        found.append(state.rate)
        state = advance(spec, Course(state), epoch, accuracy).schedule
        state = RateState(**json.loads(json.dumps(dataclasses.asdict(state))))
    return found


@pytest.mark.parametrize("given", PLANNED.values(), ids=PLANNED)
def test_every_schedule_begins_with_the_optimisers_rate(given: dict[str, Any]) -> None:
    found = rates(given, ACCURACIES)
    assert found[0] == RATE
    assert all(math.isfinite(rate) and rate >= 0 for rate in found)


@pytest.mark.parametrize("given", PLANNED.values(), ids=PLANNED)
def test_a_schedule_that_cannot_act_leaves_the_rate(given: dict[str, Any]) -> None:
    schedule = SCHEDULES[given["name"]].model_validate(given)
    for epochs in range(1, len(ACCURACIES) + 1):
        if not schedule.acts_within(epochs, RATE):
            assert set(rates(given, [0.5] * epochs)) == {RATE}


@pytest.mark.parametrize("given", PLANNED.values(), ids=PLANNED)
def test_a_schedule_follows_the_monitored_split_if_it_says_so(given: dict[str, Any]) -> None:
    if not SCHEDULES[given["name"]].needs_monitor:
        assert rates(given, ACCURACIES) == rates(given, [None] * len(ACCURACIES))


@pytest.mark.parametrize("name", [name for name, model in SOURCES.items() if "archive" not in model.model_fields])
def test_a_source_without_a_download_is_what_it_says(name: str) -> None:
    for settings in examples(SOURCES[name]):
        given = SOURCES[name].model_validate(settings)
        found = read_dataset(TensorSpec.model_validate(settings), None)
        assert len(found.train.labels) == given.training_images
        assert len(found.class_names) == given.classes
        assert found.train.images.shape[1:] == found.test.images.shape[1:] == (given.image_size, given.image_size, 3)
        assert len(found.train.labels) + len(found.test.labels) <= given.all_images
        assert given.shares_images(given)
        assert isinstance(given.training_set, tuple)
