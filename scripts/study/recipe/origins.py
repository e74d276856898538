"""Where an arm's initial parameters come from, if another arm learned them."""

from study.recipe.base import SpecModel
from study.recipe.data import Checksum, TensorSpec
from study.recipe.run import RunSpec


class Origin(SpecModel):
    """An arm whose runs give another arm its initial parameters, seed by seed."""

    spec: RunSpec
    """The settings of its runs; the seed has no meaning here."""
    images: TensorSpec
    """The images it is trained and tested on."""
    checksum: Checksum | None = None
    """Checksum of the downloaded archive of its images; None if nothing is downloaded."""
    weights_checksum: Checksum | None = None
    """Checksum of the file with its own initial parameters, if they come from one."""
    origin: "Origin | None" = None
    """The origin of its own parameters, if yet another arm learned them."""
