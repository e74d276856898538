"""Where a test set has steered what it then measures: in an arm's own training, or in that of its initial weights."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from study.recipe.choices import DatasetSpec
from study.recipe.recipe import ArmWeights
from study.recipe.steering import Leak, steering

if TYPE_CHECKING:
    from study.config.arm import Arm
    from study.config.study import Study


def leaks_of(study: "Study", name: str) -> tuple[Leak, ...]:
    """Return an arm's own leak, if it has one, and those inherited with its weights, the nearest first.

    An origin passes its leak on if its test set shares images with the arm's.
    """
    dataset = study.datasets[study.arms[name].dataset]
    found = []
    for arm in (name, *origins_of(study.arms, name)):
        run = study.run_spec(arm, study.study.seeds[0])
        by = steering(run) if run.monitor == "test" else ()
        if by and study.datasets[study.arms[arm].dataset].shares_images(dataset):
            found.append(Leak(arm=arm, by=by, inherited=arm != name))
    return tuple(found)


def origins_of(arms: Mapping[str, "Arm"], name: str) -> Iterator[str]:
    """Yield the arms that an arm's initial weights went through, the nearest first."""
    seen = {name}
    while isinstance(weights := arms[name].weights, ArmWeights) and weights.arm not in seen:
        name = weights.arm
        seen.add(name)
        yield name


def check_set_aside(arms: Mapping[str, "Arm"], datasets: Mapping[str, DatasetSpec]) -> None:
    """Raise ValueError if initial weights come from a training on images that the arm using them sets aside.

    Images are set aside by seed, as the first of one permutation: of the same images, a larger share includes
    a smaller one.
    """
    for name, arm in arms.items():
        if not arm.validation_fraction:
            continue
        for source in origins_of(arms, name):
            given, taken = datasets[arms[source].dataset], datasets[arm.dataset]
            if not given.shares_images(taken):
                continue
            if given.training_set != taken.training_set:
                remedy = f"give both the same training images, and '{source}' at least that validation_fraction"
            elif arms[source].validation_fraction < arm.validation_fraction:
                least = f"validation_fraction: {arm.validation_fraction:g}"
                remedy = f"give '{source}' monitor: validation and at least {least} too"
            else:
                continue
            raise ValueError(
                f"arms.{name}.validation_fraction: '{name}' starts from the weights of '{source}', which was trained "
                f"on images that '{name}' sets aside for validation; {remedy}"
            )
