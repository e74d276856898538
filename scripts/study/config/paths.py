"""Paths as users write them, with ~ and variables."""

import os
import re
from typing import Annotated

from pydantic import AfterValidator

from study.recipe.base import Text


def expand(text: str) -> str:
    """Return a path with ``~``, ``~user``, ``$NAME`` and ``${NAME}`` replaced; raise ValueError for an unknown one."""
    expanded = os.path.expanduser(os.path.expandvars(text))
    missing = re.search(r"\$\w+|\$\{[^}]*\}", expanded)
    if missing:
        raise ValueError(f"the environment variable {missing[0]} is not set; set it, or write the path out")
    if text.startswith("~") and expanded.startswith("~"):
        raise ValueError(f"there is no user {expanded.partition('/')[0]}; for a folder of that name write ./{text}")
    return expanded


PathText = Annotated[Text, AfterValidator(expand)]
"""A path in the configuration."""
