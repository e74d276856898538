"""The resolved settings of one run."""

from typing import Literal

from pydantic import Field

from study.recipe.base import Count, NonNegativeCount, Seed
from study.recipe.choices import Optimiser
from study.recipe.networks import Network
from study.recipe.recipe import BiasInit, Init, Precision, Recipe


class RunSpec(Recipe[Network, Literal["none", "file", "run"], Init | Literal["native"], BiasInit | Literal["native"]]):
    """Everything that determines the result of one training."""

    classes: Count
    weights: Literal["none", "file", "run"]
    """Where the initial parameters come from: drawn at random, the weights file, or another run."""
    init: Init | Literal["native"] = "native"
    bias_init: BiasInit | Literal["native"] = "native"
    optimiser: Optimiser
    """Either every key that changes its formula is given, or none: then it is the framework's own."""
    precision: Precision = "float32"
    """``auto``: the fastest that the device has instructions for; the run's record says which it was."""
    seed: Seed
    repetition: NonNegativeCount = Field(default=0, exclude_if=lambda number: number == 0)
    """Which training of these settings it is: each beyond 0 is that one again, with the same seed and draws. 0 is not
    written down, so that a run is the same thing whether or not it is repeated."""
