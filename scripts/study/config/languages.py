"""The languages that reports can be written in: one per file of phrases."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import WithJsonSchema

FOLDER = Path(__file__).resolve().parents[3] / "report" / "languages"
ENDING = ".toml"
CODE = re.compile("[a-z]+")
"""The codes that a language may have: paths of the results contain them before a hyphen."""


def languages() -> tuple[str, ...]:
    """Return their codes, such as ``en``, in alphabetical order."""
    return tuple(sorted(file.stem for file in FOLDER.glob(f"*{ENDING}") if CODE.fullmatch(file.stem)))


if TYPE_CHECKING:
    Language = str
else:
    # The schema has their form only, so that it stays as it is where a language is added.
    Language = Annotated[Literal[languages()], WithJsonSchema({"type": "string", "pattern": f"^{CODE.pattern}$"})]
