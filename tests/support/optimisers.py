"""Every optimiser that there is, in each form that it can take."""

import itertools
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from study.parity.distance import path_distances
from study.parity.oracle import trajectory
from study.parity.sample import Doubles, gradient_sequence, rate_sequences
from study.recipe.choices import OPTIMISERS
from study.recipe.optimiser import OptimiserSettings, Owner

RATE = 1e-2
DECAYS: tuple[dict[str, Any], ...] = (
    {},
    {"weight_decay": 0.01, "decay_form": "coupled"},
    {"weight_decay": 0.01, "decay_form": "decoupled"},
)
OWNERS: tuple[Owner, ...] = get_args(Owner)

Optimise = Callable[[OptimiserSettings, Doubles, Doubles, Doubles], Doubles]


def of(name: str, **settings: Any) -> OptimiserSettings:
    """An optimiser with these settings."""
    return OPTIMISERS[name].model_validate({"name": name, "learning_rate": RATE, **settings})


def variants(name: str) -> list[OptimiserSettings]:
    """An optimiser as it is by itself and, where it has such keys, with each that is 0 by default switched on."""
    keys = [key for key, field in OPTIMISERS[name].model_fields.items() if field.default == 0.0]
    return [of(name, **settings) for settings in ({}, *({key: 0.9} for key in keys))]


def forms(name: str) -> dict[str, OptimiserSettings]:
    """Every form of an optimiser that leaves nothing to a framework, by a name for it."""
    own = {key: _choices(field.annotation) for key, field in OPTIMISERS[name].model_fields.items()}
    options = [
        [{key: value} for value in values]
        for key, values in own.items()
        if values and key not in ("name", "decay_form")
    ]
    found = []
    for variant, decay, *chosen in itertools.product(variants(name), DECAYS, *options):
        settings = {key: value for choice in (decay, *chosen) for key, value in choice.items()}
        found += [variant.model_copy(update=settings).filled(owner) for owner in OWNERS]
    return {repr(form): form for form in found}


def distance(optimise: Optimise, spec: OptimiserSettings, formula: OptimiserSettings) -> dict[str, float]:
    """How far a framework's optimiser is from a formula, by sequence of rates."""
    start, gradients = gradient_sequence()
    sequences = rate_sequences(spec.learning_rate)
    found = {name: optimise(spec, start, gradients, rates) for name, rates in sequences.items()}
    expected = {name: trajectory(formula, start, gradients, rates) for name, rates in sequences.items()}
    return dict(path_distances(found, expected))


def _choices(annotation: Any) -> list[str]:
    """The words that a field may have."""
    members = [annotation, *get_args(annotation)]
    return [value for member in members if get_origin(member) is Literal for value in get_args(member)]


ALL_FORMS = {f"{name}-{number}": form for name in OPTIMISERS for number, form in enumerate(forms(name).values())}
ALL_VARIANTS = {f"{name}-{number}": spec for name in OPTIMISERS for number, spec in enumerate(variants(name))}
