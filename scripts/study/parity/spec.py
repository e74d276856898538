"""The settings of a certificate."""

from typing import Literal

from study.recipe.base import Lineage, SpecModel
from study.recipe.defaults import explicit
from study.recipe.recipe import Framework
from study.recipe.run import RunSpec
from study.recipe.schedules.reduce_on_plateau import ReduceOnPlateau

Depth = Literal["quick", "full"]

BATCH = 8
"""Images in a batch."""
EPOCHS: dict[Depth, int] = {"quick": 1, "full": 5}
"""Epochs of the free run; each has four batches."""


class PairSpec(SpecModel):
    """Two arms of different frameworks; each is certified to be the same in both."""

    arms: tuple[str, str]
    """Their names, for the result only."""
    runs: tuple[RunSpec, RunSpec]
    """Each arm's description in its own framework, with nothing left to the framework."""


class CertificateSpec(PairSpec):
    """The settings of a certificate's job: two arms, and which inputs belong to which, by lineage."""

    sides: tuple[dict[Framework, Lineage], dict[Framework, Lineage]]
    """For each arm, what each framework computed."""
    predictions: tuple[dict[Framework, Lineage], dict[Framework, Lineage]] | None = None
    """For a trained run of each arm, the predictions of each framework, if there are any."""


def side_spec(run: RunSpec, framework: Framework, depth: Depth) -> RunSpec:
    """Return the settings for one framework's side of a certificate: the run, written out, short and in float64.

    Its learning rate falls after three epochs whatever the network learns. Whatever a certificate does not depend on is
    left out.
    """
    changes = {
        "framework": framework,
        "precision": "float64",
        "batch_size": BATCH,
        "epochs": EPOCHS[depth],
        "schedule": ReduceOnPlateau(name="reduce_on_plateau", factor=0.1, patience=2, min_delta=1.0),
        "augmentation": "none",
        "labels": "given",
        "monitor": "test",
        "validation_fraction": 0.0,
        "early_stop": "never",
        "result": "last",
        "repetition": 0,
    }
    return explicit(run).model_copy(update=changes)
