"""The path that an optimiser's formula takes in float64, as its paper has it: what both frameworks are held against."""

from importlib import import_module

import numpy as np

from study.parity.sample import Doubles
from study.recipe.optimiser import OptimiserSettings


def trajectory(spec: OptimiserSettings, start: Doubles, gradients: Doubles, rates: Doubles) -> Doubles:
    """Parameters after each step, [steps, K], from ``start`` [K], ``gradients`` [steps, K] and ``rates`` [steps].

    ``spec`` leaves nothing to a framework. Gradients are given and not computed, so that errors do not feed back.
    The function ``moves`` beside the optimiser's model gives what is remembered after a step, from 1, and the change;
    before the first, the three arrays that it may remember are 0.
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
