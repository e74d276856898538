"""The optimisers' formulas in NumPy and float64, as their papers have them: what both frameworks are held against."""

import math

import numpy as np
from numpy.typing import NDArray

from study.recipe.optimisers import Adam, Optimiser, Sgd

Doubles = NDArray[np.float64]


def trajectory(spec: Optimiser, start: Doubles, gradients: Doubles, rates: Doubles) -> Doubles:
    """Parameters after each step, [steps, K], from ``start`` [K], ``gradients`` [steps, K] and ``rates`` [steps].

    ``spec`` leaves nothing to a framework. Gradients are given and not computed, so that errors do not feed back.
    """
    move = _adam_moves if isinstance(spec, Adam) else _sgd_moves
    decay = spec.weight_decay or 0.0
    parameters, memory, path = start.copy(), (np.zeros_like(start), np.zeros_like(start)), []
    for step, (gradient, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        if spec.decay_form == "coupled":
            gradient = gradient + decay * parameters
        elif decay:
            parameters = parameters * (1 - rate * decay)  # Loshchilov & Hutter 2019, Algorithm 2
        memory, change = move(spec, step, gradient, rate, memory)  # type: ignore[arg-type]
        parameters = parameters + change
        path.append(parameters)
    return np.array(path)


def _adam_moves(
    spec: Adam, step: int, gradient: Doubles, rate: float, memory: tuple[Doubles, Doubles]
) -> tuple[tuple[Doubles, Doubles], Doubles]:
    """Kingma & Ba 2015, Algorithm 1, or its variant at the end of section 2."""
    first, second = 0.9 * memory[0] + 0.1 * gradient, 0.999 * memory[1] + 0.001 * gradient**2
    mean_correction, root_correction = 1 - 0.9**step, math.sqrt(1 - 0.999**step)
    assert spec.adam_epsilon is not None
    if spec.epsilon_placement == "after_correction":
        change = -rate * (first / mean_correction) / (np.sqrt(second) / root_correction + spec.adam_epsilon)
    else:
        change = -rate * root_correction / mean_correction * first / (np.sqrt(second) + spec.adam_epsilon)
    return (first, second), change


def _sgd_moves(
    spec: Sgd, step: int, gradient: Doubles, rate: float, memory: tuple[Doubles, Doubles]
) -> tuple[tuple[Doubles, Doubles], Doubles]:
    """Momentum with the rate inside the velocity (Sutskever et al. 2013, equations 1 and 2) or outside."""
    inside, outside = (rate, 1.0) if spec.momentum_form == "rate_inside" else (1.0, rate)
    velocity = spec.momentum * memory[0] + inside * gradient
    return (velocity, memory[1]), -outside * velocity
