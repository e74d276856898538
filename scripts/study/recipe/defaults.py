"""What the frameworks do where an arm says nothing, and filling an arm's gaps with one framework's values."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from study.recipe.networks import DescribedNetwork
from study.recipe.optimiser import OptimiserSettings, Owner
from study.recipe.recipe import BiasInit, DefaultValues, Framework, Init
from study.recipe.run import RunSpec

T = TypeVar("T")


@dataclass(frozen=True)
class Defaults:
    """One framework's rules of the initial values; those of an optimiser's keys stand in its ``gaps``."""

    init: Init
    bias_init: BiasInit


DEFAULTS: dict[Owner, Defaults] = {
    "pytorch": Defaults("fan_in_uniform", "fan_in_uniform"),  # torch.nn.Linear.reset_parameters of PyTorch 2
    "keras": Defaults("glorot_uniform", "zeros"),  # keras.layers.Dense and Conv2D of Keras 3
}

OWN: dict[Framework, Owner] = {"pytorch": "pytorch", "tensorflow": "keras"}
"""Whose values a framework uses by itself."""


def resolve_optimiser(given: OptimiserSettings, defaults: DefaultValues, framework: Framework) -> OptimiserSettings:
    """The optimiser with every key that changes its formula filled in, and no other.

    Under ``native``, one with just its framework's values, written out or left out, has none of these keys: it is then
    the framework's own object. ``pytorch`` and ``keras`` ask for the formulas that both frameworks compute alike, also
    where these are the framework's own.
    """
    owner = _owner(defaults, framework)
    filled = given.filled(owner)
    return given.plain if defaults == "native" and filled == given.plain.filled(owner) else filled


def resolve_init(
    init: Init | None, bias_init: BiasInit | None, defaults: DefaultValues, framework: Framework
) -> tuple[Init | Literal["native"], BiasInit | Literal["native"]]:
    """Both rules of the initial values; under ``native``, with just its own rules, the framework draws by itself."""
    values = DEFAULTS[_owner(defaults, framework)]
    found = _or(init, values.init), _or(bias_init, values.bias_init)
    return ("native", "native") if defaults == "native" and found == (values.init, values.bias_init) else found


def explicit(spec: RunSpec) -> RunSpec:
    """The run with what it leaves to its framework written out; a library's network keeps its own initial values."""
    own = OWN[spec.framework]
    changes: dict[str, object] = {"optimiser": resolve_optimiser(spec.optimiser, own, spec.framework)}
    if isinstance(spec.network, DescribedNetwork) and spec.init == "native":
        changes |= {"init": DEFAULTS[own].init, "bias_init": DEFAULTS[own].bias_init}
    return spec.model_copy(update=changes)


def _owner(defaults: DefaultValues, framework: Framework) -> Owner:
    return OWN[framework] if defaults == "native" else defaults


def _or(given: T | None, default: T) -> T:
    return default if given is None else given
