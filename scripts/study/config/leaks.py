"""Where a test set has steered what it then measures: in an arm's own training, or in that of its initial weights."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from study.recipe.data import DatasetSpec, Digits
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
        if by and share_images(study.datasets[study.arms[arm].dataset], dataset):
            found.append(Leak(arm=arm, by=by, inherited=arm != name))
    return tuple(found)


def origins_of(arms: Mapping[str, "Arm"], name: str) -> Iterator[str]:
    """Yield the arms that an arm's initial weights went through, the nearest first."""
    seen = {name}
    while isinstance(weights := arms[name].weights, ArmWeights) and weights.arm not in seen:
        name = weights.arm
        seen.add(name)
        yield name


def share_images(one: DatasetSpec, other: DatasetSpec) -> bool:
    """Return whether two data sets share training or test images: subsets of CIFAR-10 do, the digits' parts do not.

    Two archives of one source count as one: another checksum does not mean other images.
    """
    if isinstance(one, Digits) and isinstance(other, Digits):
        return one.part == other.part
    return one.source == other.source


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
            if not share_images(given, taken):
                continue
            if _training_set(given) != _training_set(taken):
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


def _training_set(dataset: DatasetSpec) -> tuple[object, ...]:
    """Return what distinguishes training images of one source; the digits' parts are used whole."""
    return () if isinstance(dataset, Digits) else (dataset.archive.checksum, dataset.train_images or 50_000)
