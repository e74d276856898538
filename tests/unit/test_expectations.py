"""What initial parameters and first layers expect of the images, and where it is said that they get others."""

from typing import Any

import pytest

from study.config.load import read_config, validate
from study.recipe.expectations import InputNote, input_notes, sentence
from study.recipe.run import RunSpec
from support.paths import CONFIG
from support.tiny import run_spec

SCORES = {"type": "dense", "units": "classes", "activation": "none"}


def library(model: str = "alexnet", name: str = "torchvision", weights: str = "file", **given: Any) -> RunSpec:
    network = {"library": name, "model": model, "head": [{"type": "global_average_pool"}, SCORES]}
    framework = "pytorch" if name == "torchvision" else "tensorflow"
    return run_spec(framework, network=network, weights=weights, input={"size": 224} | given)


def layered(size: int, *layers: dict[str, Any]) -> RunSpec:
    return run_spec("pytorch", network={"layers": [*layers, {"type": "flatten"}, SCORES]}, input={"size": size})


def keys(notes: list[InputNote]) -> list[str]:
    return [note.key for note in notes]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (library(scaling="imagenet"), []),
        (library(scaling="minus_one_to_one"), ["published_scaling"]),
        (library(scaling="imagenet", size=227), ["published_size"]),
        (library("ResNet50", "keras", scaling="caffe"), []),
        (library("ResNet50", "keras", scaling="imagenet"), ["published_scaling"]),
        (library("ResNet50", "keras", scaling="zero_to_one", size=32), ["published_scaling", "published_size"]),
        (library("MobileNetV2", "keras", scaling="minus_one_to_one"), []),
        (library("MobileNetV2", "keras", scaling="caffe"), ["published_scaling"]),
        (library("resnet18", weights="none", scaling="caffe", size=32), []),
    ],
)
def test_published_parameters_are_compared_with_the_images_they_get(run: RunSpec, said: list[str]) -> None:
    assert keys(input_notes(run, {})) == said


def test_parameters_of_an_arm_are_compared_with_that_arms_own_scaling_and_with_the_file_at_the_end() -> None:
    taker = library(weights="run", scaling="zero_to_one")
    assert keys(input_notes(taker, {"source": library(weights="none", scaling="zero_to_one")})) == []
    assert keys(input_notes(taker, {"source": library(weights="none", scaling="caffe")})) == ["source_scaling"]
    # What the source says already is not said of the file again; what both depart from is.
    assert keys(input_notes(taker, {"source": library(scaling="imagenet")})) == ["source_scaling"]
    assert keys(input_notes(taker, {"source": library(scaling="zero_to_one")})) == ["published_scaling"]
    through = {"near": library(weights="run", scaling="caffe"), "far": library(scaling="imagenet")}
    first, second = input_notes(taker, through)
    assert (first.key, second.key) == ("source_scaling", "published_scaling")
    assert sentence(first).startswith("the initial parameters were learned by near with BGR channels")


def conv(kernel: int, **settings: Any) -> dict[str, Any]:
    return {"type": "conv", "filters": 4, "kernel": kernel, **settings}


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (layered(32, conv(8)), []),
        (layered(32, conv(9)), ["the first convolution's window of 9 x 9 is wide for an image of 32 x 32 pixels"]),
        (layered(224, conv(11, stride=4, padding=2)), []),
        (layered(43, conv(11, stride=4)), ["the first convolution's window of 11 x 11 is wide"]),
        (layered(44, conv(11, stride=4)), []),
        (layered(32, {"type": "max_pool", "size": 4, "stride": 4}, conv(3, padding=1)), ["an image of 8 x 8 pixels"]),
        (layered(32, conv(3), conv(2, stride=16), conv(3, padding="same")), ["the window of layer 3 is larger"]),
        (
            layered(32, conv(3), conv(2, stride=16), conv(3, padding="same"), conv(3, padding="same")),
            ["the window of each of layers 3, 4 is larger than its input, so that"],
        ),
        (
            layered(32, conv(8, stride=32), conv(3, padding="same")),
            ["the window of layer 2 is larger than its input"],
        ),
        (layered(32, conv(8, stride=32), conv(1)), []),
    ],
)
def test_windows_that_are_wide_for_what_they_slide_over_are_told(run: RunSpec, said: list[str]) -> None:
    notes = input_notes(run, {})
    assert len(notes) == len(said)
    assert all(words in sentence(note) for words, note in zip(said, notes, strict=True))


def test_a_map_of_one_pixel_is_told_from_a_small_one() -> None:
    assert keys(input_notes(layered(32, conv(8, stride=32), conv(3, padding="same")), {})) == ["single_pixels"]
    assert keys(input_notes(layered(32, conv(8, stride=16), conv(3, padding="same")), {})) == ["wide_windows"]


def test_the_demos_arms_depart_in_nothing_and_the_documents_in_what_they_are_known_to() -> None:
    demo, config = (validate(read_config([CONFIG / f"{name}.yaml"])) for name in ("demo", "config"))
    assert {arm: keys(demo.input_notes(arm)) for arm in demo.arms} == {arm: [] for arm in demo.arms}
    assert {arm: keys(config.input_notes(arm)) for arm in config.arms} == {
        "scratch_pytorch": [],
        "scratch_tensorflow": [],
        "pretrained_pytorch": ["published_scaling"],
        "pretrained_tensorflow": ["published_scaling"],
        "notebook_pytorch": [],
    }
