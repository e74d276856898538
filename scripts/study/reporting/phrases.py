"""The phrases of a language, filled in; Babel handles numbers, plurals and lists."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from babel import Locale
from babel.lists import format_list

from study.errors import StudyError
from study.reporting.markdown import Markdown, as_configured, escape
from study.reporting.numbers import Numbers
from study.reporting.phrase_files import PLACEHOLDER, Tables, drawn, is_forms, phrase_file, read_phrases


@dataclass(frozen=True)
class Phrases:
    """A language's phrases, and how it writes numbers and lists."""

    language: str
    tables: Tables
    numbers: Numbers

    @property
    def locale(self) -> Locale:
        """Babel's rules for the language."""
        return self.numbers.locale

    def text(self, key: str, *rest: object, n: int | None = None, **values: object) -> str:
        """Return a phrase as plain text.

        Its name is the dotted ``key`` followed by ``rest``; ``n`` decides its plural form and replaces ``{n}``.
        """
        return self._filled(key, rest, n, values, str)

    def say(self, key: str, *rest: object, n: int | None = None, **values: object) -> Markdown:
        """Return a phrase as Markdown, with values escaped."""
        return Markdown(self._filled(key, rest, n, values, escape))

    def knows(self, key: str, name: object) -> bool:
        """Return whether a table has a phrase of this name."""
        found: Any = self.tables
        for part in key.split("."):
            found = found[part]
        return _name(name) in found

    def named(self, key: str, name: object) -> Markdown:
        """Return a table's phrase for a configured value, or else the value as configured."""
        return self.say(key, name) if self.knows(key, name) else as_configured(name)

    def all_of(self, keys: Iterable[object], key: str) -> list[Markdown]:
        """Return the phrases of a table with these names."""
        return [self.say(key, name) for name in keys]

    def quoted(self, texts: Iterable[str]) -> list[Markdown]:
        """Return each text in the language's quotation marks."""
        return [self.say("lists.quoted", text=text) for text in texts]

    def listed(self, items: Iterable[object]) -> Markdown:
        """Return a list in words: ``a, b and c``."""
        return Markdown(format_list([escape(item) for item in items], locale=self.locale))

    def alternatives(self, items: Sequence[object]) -> Markdown:
        """Return alternatives in words: ``a or b or c``."""
        return Markdown(reduce(lambda first, second: self.say("lists.alternatives", first=first, second=second), items))

    def _filled(
        self, key: str, rest: Sequence[object], n: int | None, values: dict[str, object], write: Callable[[Any], str]
    ) -> str:
        names = [*key.split("."), *map(_name, rest)]
        phrase = self._phrase(names, n)
        given = values if n is None else {"n": n, **values}
        lacking = [name for name in PLACEHOLDER.findall(phrase) if name not in given]
        if lacking:
            raise StudyError(f"{phrase_file(self.language)}: {'.'.join(names)} is not given {{{lacking[0]}}}")
        return PLACEHOLDER.sub(lambda found: write(given[found[1]]), phrase)

    def _phrase(self, names: Sequence[str], n: int | None) -> str:
        found: Any = self.tables
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        if n is not None and is_forms(found):
            found = found.get(f"={n}") or found.get(self.locale.plural_form(n)) or found["other"]
        if not isinstance(found, str):
            raise StudyError(f"{phrase_file(self.language)}: has no phrase {'.'.join(names)}")
        return found


def _name(value: object) -> str:
    """Return the name of a value's phrase in its table."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def phrases_of(language: str) -> Phrases:
    """Return all phrases of a language."""
    return _phrases(language, read_phrases(language))


def phrases_of_figures(language: str) -> Phrases:
    """Return only the phrases that figures may use: figures are redrawn when one of these changes."""
    return _phrases(language, drawn(read_phrases(language)))


def _phrases(language: str, tables: Tables) -> Phrases:
    return Phrases(language, tables, Numbers(Locale.parse(tables["locale"]), **tables.get("numbers", {})))
