"""The stages of a certificate: what is compared, how closely it must agree, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """One stage that is asserted."""

    name: str
    tolerance: float
    """Largest distance that passes; the stage's comparison defines the distance."""
    reason: str


STAGES = {
    stage.name: stage
    for stage in (
        Stage("inputs", 0.0, "the same correctly rounded float32 operations in the same order"),
        Stage("initial_values", 0.0, "the same NumPy draws"),
        Stage("outputs", 1e-12, "sums of at most some ten thousand products, in another order, in float64"),
        Stage("loss", 1e-12, "as the outputs"),
        Stage("gradients", 1e-10, "as the outputs, through all layers and back; small where terms cancel"),
        Stage("dropout", 1e-10, "as outputs and gradients: which values are dropped is stored"),
        Stage("optimiser", 1e-9, "float64 rounding; a constant rounded to float32 would give 1e-8 and more"),
        Stage("order", 0.0, "whole numbers"),
        Stage("free_run", 1e-8, "rounding of the gradients grows with every step; a rate off by 0.1 % gives 1e-3"),
        Stage("native_distribution", 2.7, "Massart 1990: the statistic exceeds it once in a million samples"),
        Stage("predictions", 1e-4, "float32 sums of at most some ten thousand products, in another order"),
    )
}
"""In the order in which a certificate lists them; a stage that fails explains those after it."""
