"""The languages that reports can be written in: one for each file of phrases."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

FOLDER = Path(__file__).resolve().parents[3] / "report" / "languages"
ENDING = ".toml"


def languages() -> tuple[str, ...]:
    """Their codes, such as ``en``, in alphabetical order."""
    return tuple(sorted(file.stem for file in FOLDER.glob(f"*{ENDING}")))


if TYPE_CHECKING:
    Language = str
else:
    Language = Literal[languages()]
