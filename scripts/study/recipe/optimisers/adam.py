"""Adam."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from study.recipe.base import PositiveNumber
from study.recipe.optimiser import OptimiserSettings, Owner

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Adam(OptimiserSettings):
    """Kingma & Ba, "Adam: a method for stochastic optimization", 2015, with its betas 0.9 and 0.999."""

    # torch.optim.Adam of PyTorch 2, keras.optimizers.Adam of Keras 3
    gaps: ClassVar[Mapping[Owner, Mapping[str, object]]] = {
        "pytorch": {"adam_epsilon": 1e-8, "epsilon_placement": "after_correction"},
        "keras": {"adam_epsilon": 1e-7, "epsilon_placement": "before_correction"},
    }

    name: Literal["adam"]
    adam_epsilon: PositiveNumber | None = None
    """Keeps the denominator above 0: 1e-8 in PyTorch, 1e-7 in Keras."""
    epsilon_placement: Literal["after_correction", "before_correction"] | None = None
    """Epsilon is added to the root ``after_correction`` of its bias (Algorithm 1) or before (section 2, "hat")."""


def moves(
    spec: Adam, step: int, gradient: "NDArray[np.float64]", rate: float, memory: "tuple[NDArray[np.float64], ...]"
) -> "tuple[tuple[NDArray[np.float64], ...], NDArray[np.float64]]":
    """Return both moments and the change: Kingma & Ba 2015, Algorithm 1, or its variant at the end of section 2."""
    first, second = 0.9 * memory[0] + 0.1 * gradient, 0.999 * memory[1] + 0.001 * gradient**2
    mean_correction, root_correction = 1 - 0.9**step, (1 - 0.999**step) ** 0.5
    assert spec.adam_epsilon is not None
    if spec.epsilon_placement == "after_correction":
        change = -rate * (first / mean_correction) / (second**0.5 / root_correction + spec.adam_epsilon)
    else:
        change = -rate * root_correction / mean_correction * first / (second**0.5 + spec.adam_epsilon)
    return (first, second), change
