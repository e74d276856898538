"""What must fit together between the blocks of a configuration, beyond each block's own rules."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from study.errors import StudyError
from study.networks.layers import frozen_layers, layer_names
from study.spec.claims import Claims, ValueClaim
from study.spec.data import DatasetSpec, training_images
from study.spec.document import DocumentFigures, Language, Section
from study.spec.networks import DescribedNetwork, Network
from study.spec.shapes import CATALOGUE
from study.spec.training import ArmWeights, FileWeights, Freezing, Weights

LIBRARY_FRAMEWORK = {"torchvision": "pytorch", "keras": "tensorflow"}


class NamedArm(Protocol):
    """What is checked of an arm's names."""

    @property
    def dataset(self) -> str:
        """A key of ``datasets``."""

    @property
    def network(self) -> str:
        """A key of ``networks``."""

    @property
    def weights(self) -> Weights:
        """Where its initial parameters come from."""


class LabelledArm(Protocol):
    """What is checked of an arm's labels."""

    @property
    def label(self) -> dict[Language, str] | None:
        """Its name in the report, per language."""


class FiguredArm(Protocol):
    """What is checked of an arm's figures."""

    @property
    def section(self) -> Section | None:
        """The document's section that it answers."""

    @property
    def document(self) -> DocumentFigures | None:
        """What the document says of it."""


def check_names(
    arms: Mapping[str, NamedArm],
    datasets: Mapping[str, object],
    networks: Mapping[str, Network],
    files: Mapping[str, object],
) -> None:
    """Raise ValueError for the first name that stands for nothing; every other check may rely on all names."""
    for name, arm in arms.items():
        where = f"arms.{name}"
        check_known(arm.dataset, datasets, f"{where}.dataset")
        check_known(arm.network, networks, f"{where}.network")
        if isinstance(arm.weights, FileWeights):
            check_known(arm.weights.file, files, f"{where}.weights.file")
        if isinstance(arm.weights, ArmWeights):
            check_known(arm.weights.arm, arms, f"{where}.weights.arm")
        network = networks[arm.network]
        if not isinstance(network, DescribedNetwork) and (network.library, network.model) not in CATALOGUE:
            models = ", ".join(model for library, model in CATALOGUE if library == network.library)
            raise ValueError(f"networks.{arm.network}.model: '{network.model}' is not one of {models}")


def check_known(name: str, among: Mapping[str, object], where: str) -> None:
    """Raise ValueError if a name is none of these."""
    if name not in among:
        raise ValueError(f"{where}: there is no '{name}'; there are {', '.join(sorted(among)) or 'none'}")


def check_labels(arms: Mapping[str, LabelledArm]) -> None:
    """Raise ValueError if two arms have one name in a language of their labels: a reader could not tell them apart."""
    for language in sorted({language for arm in arms.values() for language in arm.label or {}}):
        seen: dict[str, str] = {}
        for name, arm in arms.items():
            label = (arm.label or {}).get(language, name)
            key = " ".join(label.casefold().split())
            if key in seen:
                raise ValueError(
                    f"arms.{name}.label.{language}: '{label}' names arm {seen[key]} too; give each its own label"
                )
            seen[key] = name


def check_frozen(name: str, network: DescribedNetwork, frozen: Freezing) -> None:
    """Raise ValueError for a frozen layer that a network given as layers does not have; a library's are known later."""
    try:
        frozen_layers(layer_names(network.layers)[:-1], frozen)
    except StudyError as error:
        raise ValueError(f"arms.{name}.{error}") from error


def check_batches(name: str, dataset: DatasetSpec, network: Network, fraction: float, batch_size: int) -> None:
    """Raise ValueError if a split has no images, or a batch too few for what learns from it."""
    images = training_images(dataset)
    aside = round(images * fraction)
    if fraction and not 0 < aside < images:
        kept = "none aside" if aside == 0 else "none to train on"
        raise ValueError(
            f"arms.{name}.validation_fraction: {fraction:g} of {images} training images leaves {kept}; "
            f"give a share between {1 / images:.2g} and {1 - 1 / images:.6g}"
        )
    if isinstance(network, DescribedNetwork) or not CATALOGUE[network.library, network.model].batch_norm:
        return
    if (images - aside) % batch_size == 1 or batch_size == 1:
        raise ValueError(
            f"arms.{name}.batch_size: {images - aside} training images in batches of {batch_size} leave a batch of 1 "
            f"image, from which the batch normalisation of {network.model} cannot learn; give another size"
        )


def check_figures(arms: Sequence[FiguredArm], claims: Claims) -> None:
    """Raise ValueError if a claim of the document gives a figure of a section another value than its arm does."""
    figures = {arm.section: arm.document for arm in arms if arm.document is not None}
    for claim in claims.claims:
        if not isinstance(claim, ValueClaim) or claim.source != "document" or claim.epoch is not None:
            continue
        found = figures.get(claim.section)
        given = {
            "test_accuracy": found.test_accuracy if found else None,
            "train_accuracy_seen": found.train_accuracy if found else None,
        }.get(claim.quantity)
        if given is not None and abs(given - claim.value) > claim.tolerance:
            raise ValueError(
                f"claims: '{claim.id}' gives the document's figure of section {claim.section} as {claim.value:g}, and "
                f"the arm of that section as {given:g}; correct one of them"
            )
