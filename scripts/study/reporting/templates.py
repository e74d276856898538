"""The report's templates: where they are, and which files a report is made from."""

import hashlib
from pathlib import Path

from study.reporting.phrase_files import phrase_file, read_phrases

FOLDER = Path(__file__).resolve().parents[3] / "report"
ENDING = ".md.j2"
SHARED = ("filter.lua", "style.css", "tables.js", "template.html", "template.typ")
"""What pandoc gets in addition to the text."""


def template_files(language: str) -> list[Path]:
    """Return all files that a report in a language is made from, the templates first."""
    return [*sorted(FOLDER.glob(f"*{ENDING}")), *(FOLDER / name for name in SHARED), phrase_file(language)]


def template_digest(language: str) -> str:
    """Return the SHA-256, in hexadecimal, of those files' names and contents; raise StudyError for missing phrases."""
    read_phrases(language)
    total = hashlib.sha256()
    for file in template_files(language):
        total.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
