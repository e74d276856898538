"""An optimiser's path in float64, by the formula of its paper: the reference for both frameworks."""

from importlib import import_module

import numpy as np

from study.parity.sample import Doubles
from study.recipe.optimiser import OptimiserSettings


def trajectory(spec: OptimiserSettings, start: Doubles, gradients: Doubles, rates: Doubles) -> Doubles:
    """Return parameters after each step, [steps, K], from ``start`` [K], ``gradients`` [steps, K], ``rates`` [steps].

    ``spec`` leaves nothing to a framework. Gradients are given rather than computed, so that errors do not feed back.
    The function ``moves`` next to the optimiser's model returns the optimiser's memory after a step, counted from 1,
    and the change; before the first step, the memory is three arrays of zeros.
    """
    optimiser = spec.name
    moves = import_module(f"study.recipe.optimisers.{optimiser}").moves
    decay = spec.weight_decay or 0.0
    parameters, memory, path = start.copy(), (np.zeros_like(start),) * 3, []
    for step, (gradient, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        if spec.decay_form == "coupled":
            gradient = gradient + decay * parameters
        elif decay:
            parameters = parameters * (1 - rate * decay)  # Loshchilov & Hutter 2019, Algorithm 2
        memory, change = moves(spec, step, gradient, rate, memory)
        parameters = parameters + change
        path.append(parameters)
    return np.array(path)
