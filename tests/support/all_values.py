"""Runs and sources of images of every kind that the schema allows."""

from study.recipe.choices import DatasetSpec
from study.recipe.defaults import resolve_optimiser
from study.recipe.run import RunSpec
from support.schema_values import examples, variants

SCORES = {"type": "dense", "units": "classes", "activation": "none"}
FIXED = {
    "DescribedNetwork.layers": [[{"type": "conv", "filters": 4, "kernel": 3}, {"type": "flatten"}, SCORES]],
    "LibraryNetwork.head": [[{"type": "global_average_pool"}, SCORES]],
    "InputSpec.size": [224, 227],
    "Frozen.layers": [["conv1"]],
    "RunSpec.epochs": [50, 60],
    "ReduceOnPlateau.minimum": [0.0, 0.01],
}
FIXED_IMAGES = {
    "Cifar10.archive": [{"filename": "a", "checksum": "md5:" + "0" * 32, "urls": ["x"]}],
    "Cifar10.train_images": [10],
    "Cifar10.test_images": [10],
}


def all_runs() -> list[tuple[str | None, RunSpec]]:
    """Each choice in a run's settings, with the name of the setting; None for the base.

    Of what a run may leave to its framework, it leaves all or nothing: optimiser, and initial values.
    """
    found = [(name, RunSpec.model_validate(settings)) for name, settings in variants(RunSpec, FIXED)]
    own = found[0][1].model_copy(update={"init": "native", "bias_init": "native"})
    return [
        (name, run)
        for name, run in [*found, ("init", own), ("bias_init", own)]
        if resolve_optimiser(run.optimiser, "native", run.framework) == run.optimiser
        and (run.init == "native") == (run.bias_init == "native")
    ]


def sources() -> set[tuple[str, str | None]]:
    """Sources of images with their parts."""
    return {(value["source"], value.get("part")) for value in examples(DatasetSpec, FIXED_IMAGES)}
