"""Choices that a setting makes by name: each is a file of its own in a package, and nothing else knows it.

Lineage does not follow these imports: the plan names the files of what a run chose (see ``plan.roots``), so that a new
entry, or a change of one that a run did not choose, makes nothing run again.
"""

from importlib import import_module
from types import ModuleType


def entry(package: str, name: str) -> ModuleType:
    """The module of a choice, such as ``entry("training.schedules", "constant")``; raises ModuleNotFoundError."""
    return import_module(f"study.{package}.{name}")
