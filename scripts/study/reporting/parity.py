"""The certificates of a study, as its report shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from study.recipe.choices import OPTIMISERS
from study.recipe.defaults import DEFAULTS
from study.recipe.optimiser import DECAY

Findings = Sequence[Mapping[str, Any]]
"""The findings in parity.json: see ``study.parity.certify.Finding``."""

FRAMEWORKS = ("pytorch", "tensorflow")


@dataclass(frozen=True)
class Certificate:
    """A pair of arms; findings are in the order of the pair's arms."""

    arms: tuple[str, str]
    stages: Mapping[str, Findings]
    """Asserted, by stage: one finding per arm."""
    native: Mapping[str, Mapping[str, Any]]
    """For each framework, how closely its own initial values follow their rule."""
    effects: Mapping[str, Mapping[str, Mapping[str, Any]]]
    """Measured, by arm and by what is measured: each framework's own optimiser, initial values, free run."""
    failures: Findings


def certificates(findings: Findings) -> list[Certificate]:
    """Return the certificates that findings make up, by pair."""
    pairs = dict.fromkeys(tuple(finding["pair"]) for finding in findings)
    return [_certificate(pair, [f for f in findings if tuple(f["pair"]) == pair]) for pair in pairs]


def _certificate(pair: tuple[str, str], findings: Findings) -> Certificate:
    between = [f for f in findings if f["passed"] is not None and f["framework"] is None]
    stages = dict.fromkeys(f["stage"] for f in between)
    measured = [f for f in findings if f["passed"] is None]
    return Certificate(
        arms=pair,
        stages={
            stage: [f for arm in pair for f in between if (f["stage"], f["arm"]) == (stage, arm)] for stage in stages
        },
        native={f["framework"]: f for f in findings if f["stage"] == "native_distribution"},
        effects={arm: {f["framework"] or f["stage"]: f for f in measured if f["arm"] == arm} for arm in pair},
        failures=[f for f in findings if f["passed"] is False],
    )


def differing_defaults() -> list[tuple[str, Any, Any]]:
    """Return each key that the two libraries' defaults fill differently: its name, PyTorch's value and Keras'."""
    pytorch, keras = asdict(DEFAULTS["pytorch"]), asdict(DEFAULTS["keras"])
    for gaps in (*(model.gaps for model in OPTIMISERS.values()), DECAY):
        pytorch |= gaps.get("pytorch", {})
        keras |= gaps.get("keras", {})
    return [(name, value, keras[name]) for name, value in pytorch.items() if keras[name] != value]
