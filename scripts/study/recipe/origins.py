"""Where an arm's initial parameters come from, if another arm learned them."""

from study.recipe.base import SpecModel
from study.recipe.data import Checksum, TensorSpec
from study.recipe.run import RunSpec


class Origin(SpecModel):
    """An arm whose runs give another arm its initial parameters, seed by seed."""

    spec: RunSpec
    """Of each of its runs; the seed has no meaning here."""
    images: TensorSpec
    """What it is trained and tested on."""
    checksum: Checksum | None = None
    """Of the downloaded archive of its images; None where nothing is downloaded."""
    weights_checksum: Checksum | None = None
    """Of the file of its own initial parameters, where they come from one."""
    origin: "Origin | None" = None
    """Where its own come from, if yet another arm learned them."""
