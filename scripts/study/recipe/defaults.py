"""What the frameworks do where an arm says nothing, and filling an arm's gaps with one framework's values."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from study.recipe.networks import DescribedNetwork
from study.recipe.optimisers import Adam, DecayForm, EpsilonPlacement, MomentumForm, Optimiser
from study.recipe.recipe import BiasInit, DefaultValues, Framework, Init
from study.recipe.run import RunSpec

T = TypeVar("T")


@dataclass(frozen=True)
class Defaults:
    """One framework's values of the keys that ``defaults`` fills."""

    init: Init
    bias_init: BiasInit
    adam_epsilon: float
    epsilon_placement: EpsilonPlacement
    momentum_form: MomentumForm
    decay_form: DecayForm


DEFAULTS: dict[Literal["pytorch", "keras"], Defaults] = {
    # torch.nn.Linear.reset_parameters, torch.optim.Adam and torch.optim.SGD of PyTorch 2
    "pytorch": Defaults("fan_in_uniform", "fan_in_uniform", 1e-8, "after_correction", "rate_outside", "coupled"),
    # keras.layers.Dense and Conv2D, keras.optimizers.Adam and SGD of Keras 3
    "keras": Defaults("glorot_uniform", "zeros", 1e-7, "before_correction", "rate_inside", "decoupled"),
}

OWN: dict[Framework, Literal["pytorch", "keras"]] = {"pytorch": "pytorch", "tensorflow": "keras"}
"""Whose values a framework uses by itself."""


def resolve_optimiser(given: Optimiser, defaults: DefaultValues, framework: Framework) -> Optimiser:
    """The optimiser with every key that changes its formula filled in, and no other.

    Under ``native``, one with just its framework's values, written out or left out, has none of these keys: it is then
    the framework's own object. ``pytorch`` and ``keras`` ask for the formulas that both frameworks compute alike, also
    where these are the framework's own.
    """
    filled = _filled(given, _values(defaults, framework))
    plain = given.model_copy(update=dict.fromkeys(given.settable))
    return plain if defaults == "native" and filled == _filled(plain, _values(defaults, framework)) else filled


def _filled(given: Optimiser, values: Defaults) -> Optimiser:
    decay = given.weight_decay or 0.0
    form = _or(given.decay_form, values.decay_form) if decay else None
    changes: dict[str, object] = {"weight_decay": decay, "decay_form": form}
    if isinstance(given, Adam):
        changes["adam_epsilon"] = _or(given.adam_epsilon, values.adam_epsilon)
        changes["epsilon_placement"] = _or(given.epsilon_placement, values.epsilon_placement)
    else:
        changes["momentum_form"] = _or(given.momentum_form, values.momentum_form) if given.momentum else None
    return given.model_copy(update=changes)


def resolve_init(
    init: Init | None, bias_init: BiasInit | None, defaults: DefaultValues, framework: Framework
) -> tuple[Init | Literal["native"], BiasInit | Literal["native"]]:
    """Both rules of the initial values; under ``native``, with just its own rules, the framework draws by itself."""
    values = _values(defaults, framework)
    found = _or(init, values.init), _or(bias_init, values.bias_init)
    return ("native", "native") if defaults == "native" and found == (values.init, values.bias_init) else found


def explicit(spec: RunSpec) -> RunSpec:
    """The run with what it leaves to its framework written out; a library's network keeps its own initial values."""
    own = OWN[spec.framework]
    changes: dict[str, object] = {"optimiser": resolve_optimiser(spec.optimiser, own, spec.framework)}
    if isinstance(spec.network, DescribedNetwork) and spec.init == "native":
        changes |= {"init": DEFAULTS[own].init, "bias_init": DEFAULTS[own].bias_init}
    return spec.model_copy(update=changes)


def _values(defaults: DefaultValues, framework: Framework) -> Defaults:
    return DEFAULTS[OWN[framework] if defaults == "native" else defaults]


def _or(given: T | None, default: T) -> T:
    return default if given is None else given
