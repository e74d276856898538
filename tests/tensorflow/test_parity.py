"""A certificate can fail: faults of TensorFlow's side alone are found at their stages and tensors."""

from collections.abc import Iterator
from pathlib import Path

import keras
import pytest

import tensorflow as tf
from study.backends.tensorflow import weights
from study.backends.tensorflow.device import set_precision
from study.backends.tensorflow.inputs import Preparation
from study.backends.tensorflow.parity import TensorflowSide
from study.backends.tensorflow.weights import Array
from study.parity.files import read_tensors
from study.store.parameters import Arrays
from support.parity_sides import described, findings, first_failure, make_side, tensors_of


@pytest.fixture(scope="module")
def pytorch(tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    """PyTorch's side of the run that all tests change TensorFlow's side of."""
    store: Path = tmp_path_factory.mktemp("store")
    return read_tensors(store, make_side(store, described(), "pytorch"))


@pytest.fixture(autouse=True)
def _float32() -> Iterator[None]:
    yield
    set_precision("float32")


def failure(pytorch: Arrays) -> tuple[str, str] | None:
    return first_failure(findings(described(), pytorch, tensors_of(TensorflowSide(), described(), "tensorflow")))


def test_without_a_fault_every_stage_passes(pytorch: Arrays) -> None:
    assert failure(pytorch) is None


def test_parameters_flattened_in_tensorflows_own_order(monkeypatch: pytest.MonkeyPatch, pytorch: Arrays) -> None:
    mapped = weights._from_shared

    def unmapped(value: Array, layout: weights.Layout) -> Array:
        return value.T if isinstance(layout, tuple) else mapped(value, layout)

    monkeypatch.setattr(weights, "_from_shared", unmapped)
    assert failure(pytorch) == ("initial_values", "dense1.weight")


def test_same_for_padding_2(monkeypatch: pytest.MonkeyPatch, pytorch: Arrays) -> None:
    convolution = keras.layers.Conv2D
    monkeypatch.setattr(keras.layers, "ZeroPadding2D", lambda zeros, **_: lambda values: values)
    monkeypatch.setattr(
        keras.layers,
        "Conv2D",
        lambda filters, kernel, stride, _, **rest: convolution(filters, kernel, stride, "same", **rest),
    )
    assert failure(pytorch) == ("outputs", "conv1")


def test_red_and_blue_swapped(monkeypatch: pytest.MonkeyPatch, pytorch: Arrays) -> None:
    prepare = Preparation.__call__
    monkeypatch.setattr(Preparation, "__call__", lambda self, images: tf.reverse(prepare(self, images), [-1]))
    assert failure(pytorch) == ("inputs", "images")
