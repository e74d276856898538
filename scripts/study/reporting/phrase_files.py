"""The files of phrases, one per language, and which parts of them figures and reports depend on."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from study.config import languages
from study.errors import StudyError
from study.store.lineage import digest

REFERENCE = "en"
"""The language whose file defines which phrases exist and which values each is given."""
OWN = ("locale", "numbers")
"""Entries that are not phrases and differ between languages."""
DRAWN = (*OWN, "drawing")
"""Entries that figures use; all others are for the report and the page of changes."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Tables = Mapping[str, Any]
"""Content of a file: tables of phrases, each a text or a mapping from plural forms to texts."""


def phrase_file(language: str) -> Path:
    """Return the file that holds a language's phrases."""
    return languages.FOLDER / f"{language}{languages.ENDING}"


def read_phrases(language: str) -> Tables:
    """Return a language's phrases; raise StudyError unless they match the reference's, with the same values."""
    tables = _parsed(phrase_file(language))
    if language != REFERENCE:
        _check_complete(language, tables, _parsed(phrase_file(REFERENCE)))
    return tables


def drawn(tables: Tables) -> Tables:
    """Return the entries that figures use."""
    return {name: tables[name] for name in DRAWN if name in tables}


def figures_digest(language: str) -> str:
    """Return a digest of what figures use from a language's file, as other phrases need no figure redrawn."""
    return digest(drawn(read_phrases(language)))


def is_forms(phrase: object) -> bool:
    """Return whether this is a phrase with plural forms; every language has the form ``other``."""
    return isinstance(phrase, Mapping) and "other" in phrase and all(isinstance(form, str) for form in phrase.values())


def placeholders(tables: Tables, path: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the dotted name of every phrase, with the values that it is given."""
    for key, phrase in tables.items():
        name = f"{path}.{key}".lstrip(".")
        if name in OWN:
            continue
        if isinstance(phrase, str):
            yield name, frozenset(PLACEHOLDER.findall(phrase))
        elif is_forms(phrase):
            yield name, frozenset(found for form in phrase.values() for found in PLACEHOLDER.findall(form))
        else:
            yield from placeholders(phrase, name)


def _check_complete(language: str, tables: Tables, reference: Tables) -> None:
    own, others = dict(placeholders(tables)), dict(placeholders(reference))
    mistakes = [f"{name} is missing" for name in others if name not in own]
    mistakes += [f"{name} is no phrase of the report" for name in own if name not in others]
    for name in (name for name in own if name in others):
        mistakes += [f"{name} lacks {{{value}}}" for value in sorted(others[name] - own[name])]
        mistakes += [f"{name} is not given {{{value}}}" for value in sorted(own[name] - others[name])]
    if mistakes:
        raise StudyError(f"{phrase_file(language)}: {'; '.join(mistakes)}")


def _parsed(path: Path) -> Tables:
    try:
        return _tables(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StudyError(f"{path}: cannot be read: {error}") from None


@lru_cache(maxsize=8)
def _tables(text: str) -> Tables:
    return tomllib.loads(text)
