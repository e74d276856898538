"""Softmax regression in NumPy and float64: what a training of one dense layer has to come to in every framework."""

from typing import Any

import numpy as np
from pydantic import TypeAdapter
from scipy.special import softmax

from study.data.tensor_cache import TensorCache
from study.parity.oracle import trajectory
from study.recipe.choices import Optimiser
from study.recipe.run import RunSpec
from study.store.parameters import Arrays
from study.training.history import Score
from study.training.randomness import epoch_order
from support.tiny import run_spec

DENSE = {"layers": [{"type": "flatten"}, {"type": "dense", "units": "classes", "activation": "none"}]}


def regression(framework: str, **changes: Any) -> RunSpec:
    """A run of a network that is one dense layer; its last batch of an epoch is not full."""
    return run_spec(framework, **({"network": DENSE, "epochs": 3, "batch_size": 24} | changes))


def inputs(cache: TensorCache, split: str) -> np.ndarray:
    """Images as the layer gets them, float64 [N, pixels]: from -1 to 1, flattened by channel, row and column."""
    images = getattr(cache, split).images
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1) / 127.5 - 1


def train(spec: RunSpec, cache: TensorCache, start: Arrays, formula: dict[str, Any]) -> Arrays:
    """The parameters that a training from ``start`` ends with, by the formula of its optimiser."""
    oracle = TypeAdapter(Optimiser).validate_python(formula)
    images, labels = inputs(cache, "train"), cache.train.labels
    weight, bias = np.float64(start["dense1.weight"]), np.float64(start["dense1.bias"])
    begin = parameters = np.concatenate([weight.ravel(), bias])
    gradients: list[np.ndarray] = []
    for epoch in range(1, spec.epochs + 1):
        order = epoch_order(np.arange(len(labels)), spec.seed, epoch, spec.shuffle)
        for first in range(0, len(order), spec.batch_size):
            batch = order[first : first + spec.batch_size]
            weight, bias = parameters[: weight.size].reshape(weight.shape), parameters[weight.size :]
            errors = softmax(images[batch] @ weight.T + bias, axis=1)
            errors[np.arange(len(batch)), labels[batch]] -= 1
            errors /= len(batch)
            gradients.append(np.concatenate([(errors.T @ images[batch]).ravel(), errors.sum(axis=0)]))
            rates = np.full(len(gradients), oracle.learning_rate)
            parameters = trajectory(oracle, begin, np.array(gradients), rates)[-1]
    return {"dense1.weight": parameters[: weight.size].reshape(weight.shape), "dense1.bias": parameters[weight.size :]}


def distance(found: Arrays, expected: Arrays, start: Arrays) -> float:
    """How far parameters are from the expected ones, relative to how far those went."""
    apart, moved = (
        np.concatenate([np.subtract(one[name], other[name]).ravel() for name in expected])
        for one, other in ((found, expected), (expected, start))
    )
    return float(np.linalg.norm(apart) / np.linalg.norm(moved))


def score(cache: TensorCache, split: str, indices: np.ndarray, parameters: Arrays) -> Score:
    """Loss and accuracy of images."""
    scores = inputs(cache, split)[indices] @ np.float64(parameters["dense1.weight"]).T + parameters["dense1.bias"]
    labels = getattr(cache, split).labels[indices]
    likelihoods = softmax(scores, axis=1)[np.arange(len(labels)), labels]
    return Score(float(-np.log(likelihoods).mean()), float((scores.argmax(axis=1) == labels).mean()))
