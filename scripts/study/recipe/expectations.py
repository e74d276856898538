"""What a network's initial parameters and first layers expect of images, and where a run gives them something else.

None of this is necessarily a mistake, and nothing is refused: deviations are noted in the log, by `make doctor` and in
the report.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Union

from pydantic import Field

from study.recipe.base import Count, SpecModel
from study.recipe.data import Scaling
from study.recipe.networks import Conv, DescribedNetwork, LibraryNetwork
from study.recipe.run import RunSpec
from study.recipe.shapes import CATALOGUE, output_shapes

STEM_SHARE = 4
"""A first window wider than one part in this many of the image leaves few positions that see something distinct."""


class _OfPublished(SpecModel):
    """What the published parameters of a library's network expect."""

    library: Literal["torchvision", "keras"]
    model: str


class PublishedScaling(_OfPublished):
    """The published parameters were trained with another scaling of images."""

    key: Literal["published_scaling"] = "published_scaling"
    expected: Scaling
    given: Scaling


class PublishedSize(_OfPublished):
    """The published parameters were trained on images of another size, in pixels."""

    key: Literal["published_size"] = "published_size"
    expected: Count
    given: Count


class SourceScaling(SpecModel):
    """The initial parameters were learned by another run, with another scaling of images."""

    key: Literal["source_scaling"] = "source_scaling"
    source: str
    """The name of the arm or run that learned them."""
    expected: Scaling
    given: Scaling


class WideStem(SpecModel):
    """The first convolution's window is wide for its image; both in pixels."""

    key: Literal["wide_stem"] = "wide_stem"
    kernel: Count
    side: Count


class WideWindows(SpecModel):
    """Convolutions whose windows are larger than their input, so that they also see the zeros around it."""

    key: Literal["wide_windows"] = "wide_windows"
    layers: tuple[Count, ...] = Field(min_length=1)
    """Their places among the network's layers, from 1."""


class SinglePixels(SpecModel):
    """Convolutions whose window has several pixels, over a map that has shrunk to a single pixel."""

    key: Literal["single_pixels"] = "single_pixels"
    layers: tuple[Count, ...] = Field(min_length=1)


InputNote = Annotated[
    Union[PublishedScaling, PublishedSize, SourceScaling, WideStem, WideWindows, SinglePixels],
    Field(discriminator="key"),
]


def input_notes(run: RunSpec, origins: Mapping[str, RunSpec]) -> list[InputNote]:
    """Return where a run's images are not what its parameters or layers expect.

    ``origins`` are the runs that its initial parameters went through, by name, the nearest first.
    """
    return [*_parameters(run, origins), *_windows(run)]


def _parameters(run: RunSpec, origins: Mapping[str, RunSpec]) -> list[InputNote]:
    """Compare with what the nearest origin learned last, and so in part with the file at the end of the chain."""
    found: list[InputNote] = []
    given = run.input
    nearest = next(iter(origins.items()), None)
    if nearest is not None and nearest[1].input.scaling != given.scaling:
        found.append(SourceScaling(source=nearest[0], expected=nearest[1].input.scaling, given=given.scaling))
    first = [run, *origins.values()][-1]
    if first.weights != "file" or not isinstance(first.network, LibraryNetwork):
        return found
    network = first.network
    entry = CATALOGUE[(network.library, network.model)]
    said = [note.expected for note in found if isinstance(note, SourceScaling)]
    if entry.scaling not in (given.scaling, *said):
        found.append(
            PublishedScaling(library=network.library, model=network.model, expected=entry.scaling, given=given.scaling)
        )
    if entry.trained_size != given.size:
        found.append(
            PublishedSize(library=network.library, model=network.model, expected=entry.trained_size, given=given.size)
        )
    return found


def _windows(run: RunSpec) -> list[InputNote]:
    """Check a network given as layers; those of the libraries work with any size that they accept."""
    if not isinstance(run.network, DescribedNetwork):
        return []
    shapes = [(3, run.input.size, run.input.size), *output_shapes(run.network, run.input.size, run.classes)]
    windows = [
        (number, layer.kernel, shape[1])
        for number, (layer, shape) in enumerate(zip(run.network.layers, shapes[:-1], strict=True), start=1)
        if isinstance(layer, Conv) and len(shape) == 3
    ]
    found: list[InputNote] = []
    if windows and STEM_SHARE * windows[0][1] > windows[0][2]:
        found.append(WideStem(kernel=windows[0][1], side=windows[0][2]))
    wide = tuple(number for number, kernel, side in windows if kernel > side > 1)
    if wide:
        found.append(WideWindows(layers=wide))
    single = tuple(number for number, kernel, side in windows if kernel > side == 1)
    if single:
        found.append(SinglePixels(layers=single))
    return found


SCALINGS: dict[Scaling, str] = {
    "minus_one_to_one": "values from -1 to 1 (minus_one_to_one)",
    "zero_to_one": "values from 0 to 1 (zero_to_one)",
    "imagenet": "ImageNet's mean and deviation (imagenet)",
    "caffe": "BGR channels minus ImageNet's mean (caffe)",
}


def sentence(note: InputNote) -> str:
    """Return a note as one English sentence, without its period."""
    match note:
        case PublishedScaling():
            return (
                f"the published parameters of {_published(note)} were trained with "
                f"{SCALINGS[note.expected]}; here the images enter with {SCALINGS[note.given]}"
            )
        case PublishedSize():
            return (
                f"the published parameters of {_published(note)} were trained with {note.expected} x "
                f"{note.expected} pixels; here the images enter with {note.given} x {note.given}"
            )
        case SourceScaling():
            return (
                f"the initial parameters were learned by {note.source} with {SCALINGS[note.expected]}; "
                f"here the images enter with {SCALINGS[note.given]}"
            )
        case WideStem():
            return (
                f"the first convolution's window of {note.kernel} x {note.kernel} is wide for an image of "
                f"{note.side} x {note.side} pixels"
            )
        case WideWindows():
            return f"the {_layers(note.layers)} larger than its input, so that it also sees the zeros around it"
        case SinglePixels():
            return f"the {_layers(note.layers)} larger than its input, a single pixel: the rest is zeros"


def _published(note: PublishedScaling | PublishedSize) -> str:
    library = "Keras" if note.library == "keras" else note.library
    return f"{library}'s {note.model}"


def _layers(places: Sequence[int]) -> str:
    named = ", ".join(str(place) for place in places)
    return f"window of layer {named} is" if len(places) == 1 else f"window of each of layers {named} is"
