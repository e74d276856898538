"""A language for tests, all of whose words stand between marks: what stands outside of them is in no phrase file."""

import html
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from study.config import languages
from study.reporting.phrase_files import OWN, PLACEHOLDER

LOCALE, AND = "hu", "és"
"""A locale of Babel with plural forms like those of English, and its word before the last item of a list."""
SHOWN = ("alt", "aria-label", "title", "data-copy", "data-copied", "data-sort")
"""Attributes whose values people read or hear."""
UNIT = re.compile(r"(?<=\d\u00a0)(?:h|min|s)\b")


def mark(phrase: str) -> str:
    """The phrase with marks around all its words, but not around what is filled in."""
    parts = re.split(f"({PLACEHOLDER.pattern.replace('(', '(?:')})", phrase)
    return "".join(
        f"⟦{part}⟧" if re.search(r"[^\W\d_]", part) and not PLACEHOLDER.fullmatch(part) else part for part in parts
    )


def write_pseudo_language(folder: Path, language: str = "en") -> None:
    """Write a marked file of phrases under the name of a language."""
    text = (languages.FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    tables = {key: value for key, value in tomllib.loads(text).items() if key not in OWN}
    content = "\n".join([f'locale = "{LOCALE}"', *_lines(tables, "")])
    (folder / f"{language}.toml").write_text(content, encoding="utf-8")


def _lines(tables: Mapping[str, Any], path: str) -> Iterable[str]:
    for key, value in tables.items():
        name = f"{path}.{json.dumps(key)}".lstrip(".")
        if isinstance(value, str):
            yield f"{name} = {json.dumps(mark(value), ensure_ascii=False)}"
        else:
            yield from _lines(value, name)


class Words(HTMLParser):
    """Everything in a page that people read or hear, but for what is set as code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in SHOWN and value]
        if tag in ("code", "script", "style"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            self.inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.found.append(data)


def of_page(page: str) -> str:
    words = Words()
    words.feed(page)
    return " ".join("".join(part if part.strip() else " " for part in words.found).split(" "))


def of_markdown(text: str) -> str:
    """A text's words, without its code, escapes, addresses and the names of its attributes."""
    text = re.sub(r"(`+).+?\1", "", text)
    text = re.sub(r"\\(.)", r"\1", text)
    text = re.sub(r"\]\(\S+\.svg\)\{(?:\.photo )?alt=", " ", text)
    text = re.sub(r"^(?:title|subtitle|partial|notice): \|-?$|^::: front$", "", text, flags=re.MULTILINE)
    return text.replace("&nbsp;", " ")


def of_drawing(svg: str) -> str:
    """Return the texts of a drawing, which are comments next to their outlines."""
    return "\n".join(html.unescape(text) for text in re.findall(r"<!-- (.*?) -->", svg, re.DOTALL))


def unmarked(text: str, data: Iterable[str]) -> list[str]:
    """Return the words of a text that are outside all marks and do not come from the data."""
    text = UNIT.sub("", re.sub(r"⟦[^⟦⟧]*⟧", " ", text))
    for known in sorted(data, key=len, reverse=True):
        text = text.replace(known, " ")
    return [word for word in re.findall(r"[^\W\d_]+|[⟦⟧]", text) if word != AND]
