"""Where the report's templates lie, and which of them a report is made from."""

import hashlib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "report"

SHARED = ("filter.lua", "style.css", "tables.js", "template.html", "template.typ")
"""The files that reports in all languages use."""


def template_files(language: str) -> list[Path]:
    """All files that a report in a language is made from, sorted by name."""
    return sorted([*FOLDER.glob(f"*.{language}.md.j2"), *(FOLDER / name for name in SHARED)])


def template_digest(language: str) -> str:
    """SHA-256, in hexadecimal, of the names and contents of those files."""
    total = hashlib.sha256()
    for file in template_files(language):
        total.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
