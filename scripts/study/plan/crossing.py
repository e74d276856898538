"""Arms between two others: one arm with settings of the other, and the settings in which two arms differ."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from pydantic import ValidationError

from study.config.arm import Arm
from study.config.bridges import BridgeSetting
from study.config.study import Study
from study.errors import StudyError
from study.recipe.defaults import OWN
from study.recipe.recipe import ArmWeights, DefaultValues, FileWeights

Changes = Mapping[str, Any]
"""Fields of an arm with their new values."""
UNNAMED: Changes = {"label": None, "section": None, "document": None}
"""What a derived arm does not inherit from the arm that it is based on."""
CANDIDATE = "candidate"
"""Name for an arm that has none yet."""


def take(arm: Arm, other: Arm, settings: Iterable[BridgeSetting], apart: bool) -> Arm:
    """Return ``arm`` with these settings of ``other``; raise ValueError if no such arm is possible.

    With ``apart``, a framework and its defaults are two settings, and neither brings the other along.
    """
    taken = arm.model_copy(update=UNNAMED)
    if apart:
        taken = taken.model_copy(update={"defaults": defaults_of(arm)})
    for setting in settings:
        taken = taken.model_copy(update=_TAKEN[setting](taken, other))
    if taken.defaults == OWN[taken.framework]:  # the same formulas, so this saves an arm
        taken = taken.model_copy(update={"defaults": "native"})
    if taken.augmentation != "none":  # images that change rule out computing a frozen part's features once
        taken = taken.model_copy(update={"features": "live"})
    return checked(taken)


def checked(arm: Arm) -> Arm:
    """Return a derived arm, checked like a configured one; raise ValueError if it could not be configured."""
    try:
        return Arm.model_validate(arm.model_dump())
    except ValidationError as error:
        raise ValueError(
            "; ".join(str(item.get("ctx", {}).get("error", item["msg"])) for item in error.errors())
        ) from error


def defaults_of(arm: Arm) -> DefaultValues:
    """Return whose values fill what an arm leaves out."""
    return OWN[arm.framework] if arm.defaults == "native" else arm.defaults


def differing(study: Study, start: Arm, end: Arm) -> list[BridgeSetting]:
    """Return the settings in which two arms differ: those that change an arm when taken from the other."""
    settings: tuple[BridgeSetting, ...] = get_args(BridgeSetting)
    return [s for s in settings if _changes(study, start, end, s) or _changes(study, end, start, s)]


def identity(study: Study, arm: Arm) -> tuple[object, ...]:
    """Return what identifies an arm: two with the same identity have the same trainings and the same test."""
    # The network gets the same values however images are stored.
    arm = arm.model_copy(update={"input": arm.input.model_copy(update={"store": "native"})})
    with_it = study.model_copy(update={"arms": {**study.arms, CANDIDATE: arm}})
    dataset = study.datasets[arm.dataset]
    weights: object = "none"
    if isinstance(arm.weights, FileWeights):
        weights = study.weights[arm.weights.file].checksum
    elif isinstance(arm.weights, ArmWeights):
        weights = identity(study, study.arms[arm.weights.arm])
    return (
        with_it.run_spec(CANDIDATE, study.study.seeds[0]).model_dump_json(),
        with_it.tensor_spec(CANDIDATE).model_dump_json(),
        dataset.download.checksum if dataset.download else None,
        weights,
    )


def _changes(study: Study, arm: Arm, other: Arm, setting: BridgeSetting) -> bool:
    if setting == "framework":
        return arm.framework != other.framework
    if setting == "defaults":
        return (defaults_of(arm), arm.init, arm.bias_init) != (defaults_of(other), other.init, other.bias_init)
    changed = arm.model_copy(update=_TAKEN[setting](arm, other))
    try:
        return identity(study, changed) != identity(study, arm)
    except StudyError:  # no arm can have this setting of the other, so it differs
        return True


def _optimiser(arm: Arm, other: Arm) -> Changes:
    return {"optimiser": other.optimiser.model_copy(update={"learning_rate": arm.optimiser.learning_rate})}


def _learning_rate(arm: Arm, other: Arm) -> Changes:
    return {"optimiser": arm.optimiser.model_copy(update={"learning_rate": other.optimiser.learning_rate})}


def _defaults(arm: Arm, other: Arm) -> Changes:
    return {"defaults": defaults_of(other), "init": other.init, "bias_init": other.bias_init}


def _field(name: str) -> Callable[[Arm, Arm], Changes]:
    return lambda arm, other: {name: getattr(other, name)}


def _input(key: str) -> Callable[[Arm, Arm], Changes]:
    return lambda arm, other: {"input": arm.input.model_copy(update={key: getattr(other.input, key)})}


_TAKEN: Mapping[BridgeSetting, Callable[[Arm, Arm], Changes]] = {
    "defaults": _defaults,
    "optimiser": _optimiser,
    "learning_rate": _learning_rate,
    "input_size": _input("size"),
    "resize": _input("resize"),
    "scaling": _input("scaling"),
    **{
        name: _field(name)
        for name in (
            *("framework", "dataset", "network", "weights", "frozen", "schedule", "batch_size", "epochs"),
            *("early_stop", "result", "shuffle", "augmentation", "precision", "monitor", "validation_fraction"),
        )
    },
}
