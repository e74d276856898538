"""The frameworks' defaults, and how they fill what an arm leaves out."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from study.recipe.networks import DescribedNetwork
from study.recipe.optimiser import OptimiserSettings, Owner
from study.recipe.recipe import BiasInit, DefaultValues, Framework, Init
from study.recipe.run import RunSpec

T = TypeVar("T")


@dataclass(frozen=True)
class Defaults:
    """One framework's rules for initial values; an optimiser's ``gaps`` hold the defaults of its keys."""

    init: Init
    bias_init: BiasInit


DEFAULTS: dict[Owner, Defaults] = {
    "pytorch": Defaults("fan_in_uniform", "fan_in_uniform"),  # torch.nn.Linear.reset_parameters of PyTorch 2
    "keras": Defaults("glorot_uniform", "zeros"),  # keras.layers.Dense and Conv2D of Keras 3
}

OWN: dict[Framework, Owner] = {"pytorch": "pytorch", "tensorflow": "keras"}
"""Whose values each framework uses by default."""


def resolve_optimiser(given: OptimiserSettings, defaults: DefaultValues, framework: Framework) -> OptimiserSettings:
    """Return the optimiser with just the keys that affect its formula, all of them filled in.

    Under ``native``, an optimiser whose values are all its framework's, written out or left out, has none of these
    keys: it is then the framework's own object. ``pytorch`` and ``keras`` ask for the formulas that both frameworks
    compute alike, even if these are the framework's own.
    """
    owner = _owner(defaults, framework)
    filled = given.filled(owner)
    return given.plain if defaults == "native" and filled == given.plain.filled(owner) else filled


def resolve_init(
    init: Init | None, bias_init: BiasInit | None, defaults: DefaultValues, framework: Framework
) -> tuple[Init | Literal["native"], BiasInit | Literal["native"]]:
    """Return both rules for initial values; under ``native``, a framework with only its own rules draws by itself."""
    values = DEFAULTS[_owner(defaults, framework)]
    found = _or(init, values.init), _or(bias_init, values.bias_init)
    return ("native", "native") if defaults == "native" and found == (values.init, values.bias_init) else found


def explicit(spec: RunSpec) -> RunSpec:
    """Return the run with its framework's defaults written out; a library network keeps its own initial values."""
    own = OWN[spec.framework]
    changes: dict[str, object] = {"optimiser": resolve_optimiser(spec.optimiser, own, spec.framework)}
    if isinstance(spec.network, DescribedNetwork) and spec.init == "native":
        changes |= {"init": DEFAULTS[own].init, "bias_init": DEFAULTS[own].bias_init}
    return spec.model_copy(update=changes)


def _owner(defaults: DefaultValues, framework: Framework) -> Owner:
    return OWN[framework] if defaults == "native" else defaults


def _or(given: T | None, default: T) -> T:
    return default if given is None else given
