"""Stochastic gradient descent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from study.recipe.base import Proportion
from study.recipe.optimiser import OptimiserSettings, Owner

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Sgd(OptimiserSettings):
    """Stochastic gradient descent with momentum."""

    # torch.optim.SGD of PyTorch 2, keras.optimizers.SGD of Keras 3
    gaps: ClassVar[Mapping[Owner, Mapping[str, object]]] = {
        "pytorch": {"momentum_form": "rate_outside"},
        "keras": {"momentum_form": "rate_inside"},
    }
    needs: ClassVar[Mapping[str, str]] = {**OptimiserSettings.needs, "momentum_form": "momentum"}

    name: Literal["sgd"]
    momentum: Proportion = 0.0
    momentum_form: Literal["rate_outside", "rate_inside"] | None = None
    """The rate multiplies the velocity (``rate_outside``, PyTorch) or accumulates in it (``rate_inside``, Keras)."""


def moves(
    spec: Sgd, step: int, gradient: "NDArray[np.float64]", rate: float, memory: "tuple[NDArray[np.float64], ...]"
) -> "tuple[tuple[NDArray[np.float64], ...], NDArray[np.float64]]":
    """Return the velocity and the change; the rate is inside (Sutskever et al. 2013, equations 1 and 2) or outside."""
    inside, outside = (rate, 1.0) if spec.momentum_form == "rate_inside" else (1.0, rate)
    velocity = spec.momentum * memory[0] + inside * gradient
    return (velocity,), -outside * velocity
