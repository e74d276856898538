"""The report's templates: where they lie, which a report is made from, and how they are filled in."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from study.reporting.markdown import Markdown, attribute, code, escape
from study.reporting.phrase_files import phrase_file, read_phrases
from study.reporting.phrases import phrases_of

FOLDER = Path(__file__).resolve().parents[3] / "report"
ENDING = ".md.j2"
SHARED = ("filter.lua", "style.css", "tables.js", "template.html", "template.typ")
"""What pandoc is given beside the text."""


def template_files(language: str) -> list[Path]:
    """All files that a report in a language is made from, the templates first."""
    return [*sorted(FOLDER.glob(f"*{ENDING}")), *(FOLDER / name for name in SHARED), phrase_file(language)]


def template_digest(language: str) -> str:
    """SHA-256, in hexadecimal, of the names and contents of those files; StudyError if phrases are missing."""
    read_phrases(language)
    total = hashlib.sha256()
    for file in template_files(language):
        total.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def render(template: str, context: Mapping[str, Any], language: str) -> str:
    """Fill a template in; jinja2.UndefinedError if it names something that the context lacks."""
    return templates_in(language).get_template(f"{template}{ENDING}").render(context)


def templates_in(language: str) -> jinja2.Environment:
    """The templates, with what they need to write in a language: ``say``, ``text`` and filters."""
    phrases = phrases_of(language)
    numbers = phrases.numbers
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER, encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.globals |= {"say": phrases.say, "text": phrases.text}
    environment.filters |= {
        "alternatives": phrases.alternatives,
        "among": lambda names, values: [values[name] for name in names],
        "attribute": attribute,
        "clauses": lambda items: _joined("; ", items),
        "code": code,
        "commas": lambda items: _joined(", ", items),
        "count": numbers.count,
        "decimal": numbers.decimal,
        "duration": numbers.duration,
        "listed": phrases.listed,
        "markdown": Markdown,
        "percent": numbers.percent,
        "phrases": phrases.all_of,
        "points": numbers.points,
        "printed_percent": numbers.printed_percent,
        "quoted": phrases.quoted,
        "scientific": lambda value: Markdown(numbers.scientific(value)),
        "share": numbers.share,
        "spread": numbers.spread,
    }
    return environment


def _joined(separator: str, items: Iterable[object]) -> Markdown:
    return Markdown(separator.join(escape(item) for item in items))
