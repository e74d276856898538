"""What must be consistent between the blocks of a configuration, beyond each block's own rules."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Protocol

from study.config.claims import Claims, DifferenceClaim, ValueClaim
from study.config.document import ROUNDING, Curves, DocumentFigures, Section
from study.config.languages import Language
from study.errors import StudyError
from study.recipe.choices import DatasetSpec
from study.recipe.layer_names import frozen_layers, layer_names
from study.recipe.networks import DescribedNetwork, Network
from study.recipe.recipe import ArmWeights, FileWeights, Freezing, Frozen, Weights
from study.recipe.shapes import CATALOGUE

LIBRARY_FRAMEWORK = {"torchvision": "pytorch", "keras": "tensorflow"}


class NamedArm(Protocol):
    """What the checks of names need of an arm."""

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
    """What the checks of labels need of an arm."""

    @property
    def label(self) -> dict[Language, str] | None:
        """Its name in the report, per language."""


class LearningArm(Protocol):
    """What the checks of batches need of an arm."""

    @property
    def batch_size(self) -> int:
        """Images per step."""

    @property
    def validation_fraction(self) -> float:
        """Share of the training images that is set aside."""

    @property
    def frozen(self) -> Freezing:
        """What does not learn."""


class FiguredArm(Protocol):
    """What the checks of figures need of an arm."""

    @property
    def section(self) -> Section | None:
        """The section of the document that it reproduces."""

    @property
    def document(self) -> DocumentFigures | None:
        """The document's figures for it."""


def check_names(
    arms: Mapping[str, NamedArm],
    datasets: Mapping[str, object],
    networks: Mapping[str, Network],
    files: Mapping[str, object],
) -> None:
    """Raise ValueError for the first unknown name; every other check may rely on all names."""
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
    """Raise ValueError if a name is unknown."""
    if name not in among:
        raise ValueError(f"{where}: there is no '{name}'; there are {', '.join(sorted(among)) or 'none'}")


def check_labels(arms: Mapping[str, LabelledArm]) -> None:
    """Raise ValueError if two arms have one name in a language of their labels: a reader could not tell them apart."""
    for language in sorted({language for arm in arms.values() for language in arm.label or {}}):
        seen: dict[str, str] = {}
        for name, arm in arms.items():
            label = (arm.label or {}).get(language, name)
            key = " ".join(_as_seen(label).split())
            if key in seen:
                raise ValueError(
                    f"arms.{name}.label.{language}: '{label}' is also arm {seen[key]}'s label; give each its own label"
                )
            seen[key] = name


def _as_seen(text: str) -> str:
    """Return a text as a reader sees it: letters in composed form, without characters that take no space."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf").casefold()


def check_frozen(name: str, network: DescribedNetwork, frozen: Freezing) -> None:
    """Raise ValueError if a network given as layers lacks a frozen layer; a library's are checked later."""
    try:
        frozen_layers(layer_names(network.layers)[:-1], frozen)
    except StudyError as error:
        raise ValueError(f"arms.{name}.{error}") from error


def check_batches(
    name: str, arm: LearningArm, dataset: DatasetSpec, network: Network, override: int | None = None
) -> None:
    """Raise ValueError if a split has no images, or a batch has too few to learn from.

    ``override`` is the batch size of all arms, if it is given.
    """
    images, fraction, batch_size = dataset.training_images, arm.validation_fraction, override or arm.batch_size
    aside = round(images * fraction)
    if fraction and not 0 < aside < images:
        kept = "none aside" if aside == 0 else "none to train on"
        raise ValueError(
            f"arms.{name}.validation_fraction: {fraction:g} of {images} training images leaves {kept}; "
            f"give a share between {1 / images:.2g} and {1 - 1 / images:.6g}"
        )
    if isinstance(network, DescribedNetwork) or not CATALOGUE[network.library, network.model].batch_norm:
        return
    if isinstance(arm.frozen, Frozen) and arm.frozen.all_but_last == 0:
        return  # its batch norms do not learn
    if (images - aside) % batch_size == 1 or batch_size == 1:
        where = f"arms.{name}.batch_size" if override is None else f"override.batch_size, arms.{name}"
        raise ValueError(
            f"{where}: {images - aside} training images in batches of {batch_size} leave a batch of 1 image, and the "
            f"batch normalisation of {network.model} needs several to learn from; give another size"
        )


def check_figures(arms: Sequence[FiguredArm], claims: Claims) -> None:
    """Raise ValueError if a claim of the document and its section's arm give different figures."""
    figures = {arm.section: arm.document for arm in arms if arm.section is not None and arm.document is not None}
    for claim in claims.claims:
        if not isinstance(claim, ValueClaim) or claim.source != "document" or claim.epoch is not None:
            continue
        found = figures.get(claim.section)
        given = {
            "test_accuracy": found.test_accuracy if found else None,
            "train_accuracy_seen": found.train_accuracy if found else None,
        }.get(claim.quantity)
        if given is not None and abs(given - claim.value) > claim.tolerance + ROUNDING:
            raise ValueError(
                f"claims: '{claim.id}' gives the document's figure for section {claim.section} as {claim.value:g}, but "
                f"the arm of that section has {given:g}; correct one of them"
            )
    for claim in claims.claims:
        if isinstance(claim, DifferenceClaim) and claim.source == "document":
            check_difference(claim, figures)


def check_difference(claim: DifferenceClaim, figures: Mapping[Section, DocumentFigures]) -> None:
    """Raise ValueError if a claimed difference is not the difference of both arms' figures."""
    higher, lower = figures.get(claim.higher), figures.get(claim.lower)
    if higher is None or lower is None:
        return
    given = higher.test_accuracy - lower.test_accuracy
    if abs(given - claim.value) > claim.tolerance + ROUNDING:
        raise ValueError(
            f"claims: '{claim.id}' gives the document's difference of sections {claim.higher} and {claim.lower} as "
            f"{claim.value:g}, but the arms of these sections differ by {given:g}; correct one of them"
        )


def check_curves(claims: Claims) -> None:
    """Raise ValueError if curves have other epochs than their protocol, or contradict a notebook's claim.

    Curves are what the authors' notebooks printed.
    """
    protocols = claims.protocols.get("notebook", {})
    for section, curves in claims.curves.items():
        epochs = len(curves.train_accuracy)
        if section in protocols and protocols[section].epochs != epochs:
            raise ValueError(
                f"claims.curves.{section}: has {epochs} epochs, but protocols.notebook.{section} has "
                f"{protocols[section].epochs}; correct one of them"
            )
    for claim in claims.claims:
        if isinstance(claim, ValueClaim) and claim.source == "notebook" and claim.section in claims.curves:
            _check_against_curves(claim, claims.curves[claim.section])


def _check_against_curves(claim: ValueClaim, curves: Curves) -> None:
    epochs = len(curves.train_accuracy)
    if claim.epoch is not None and claim.epoch > epochs:
        raise ValueError(
            f"claims: '{claim.id}' is about epoch {claim.epoch}, but curves.{claim.section} has {epochs} epochs; "
            "correct one of them"
        )
    epoch = claim.epoch or epochs
    tested = [value for value in curves.test_accuracy if value is not None]
    printed = {
        "test_accuracy": curves.test_accuracy[-1],
        "best_monitor_accuracy": max(tested, default=None),
        "train_accuracy_seen": curves.train_accuracy[epoch - 1],
        "monitor_accuracy": curves.test_accuracy[epoch - 1],
    }.get(claim.quantity)
    if printed is not None and abs(printed - claim.value) > claim.tolerance + ROUNDING:
        raise ValueError(
            f"claims: '{claim.id}' gives {claim.value:g}, but curves.{claim.section} has {printed:g}; "
            "correct one of them"
        )
