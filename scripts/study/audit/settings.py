"""The settings that a claim can name as a cause, and the facts that belong to each."""

from collections.abc import Mapping

from study.config.claims import Setting
from study.recipe.choices import optimiser_keys

GROUPS: Mapping[Setting, tuple[str, ...]] = {
    "framework": ("framework",),
    "network": ("network",),
    "weights": ("weights",),
    "frozen": ("frozen",),
    "initial_values": ("init", "bias_init"),
    "input": ("input_size", "resize", "scaling"),
    "optimiser": ("optimiser", "learning_rate", "weight_decay", "decay_form", *optimiser_keys()),
    "schedule": ("schedule",),
    "batch_size": ("batch_size",),
    "epochs": ("epochs",),
    "early_stop": ("early_stop",),
    "result": ("result",),
    "shuffle": ("shuffle",),
    "augmentation": ("augmentation",),
    "labels": ("labels",),
    "precision": ("precision",),
    "device": ("device",),
    "training_images": ("train_images", "train_identity", "validation_fraction"),
}
"""Facts by setting, as ``evaluation.facts`` names them. No setting includes the scored images, which must be the same,
nor ``monitor``: which split is followed is a choice of its own that no claim names."""
