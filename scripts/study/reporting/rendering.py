"""Templates filled in with a study's results and a language's phrases."""

from collections.abc import Iterable, Mapping
from typing import Any

import jinja2

from study.reporting.markdown import Markdown, as_configured, attribute, code, escape, settings
from study.reporting.phrases import phrases_of
from study.reporting.templates import ENDING, FOLDER


def render(template: str, context: Mapping[str, Any], language: str) -> str:
    """Fill in a template; raise jinja2.UndefinedError if it names something that the context lacks."""
    return templates_in(language).get_template(f"{template}{ENDING}").render(context)


def templates_in(language: str) -> jinja2.Environment:
    """The templates, with what they need to write in a language: ``say``, ``named``, ``text`` and filters."""
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
    environment.globals |= {"say": phrases.say, "text": phrases.text, "knows": phrases.knows, "named": phrases.named}
    environment.filters |= {
        "alternatives": phrases.alternatives,
        "among": lambda names, values: [values[name] for name in names],
        "as_configured": as_configured,
        "attribute": attribute,
        "clauses": lambda items: _joined("; ", items),
        "code": code,
        "commas": lambda items: _joined(", ", items),
        "count": numbers.count,
        "decimal": numbers.decimal,
        "duration": numbers.duration,
        "listed": phrases.listed,
        "markdown": Markdown,
        "named": lambda names, key: [phrases.named(key, name) for name in names],
        "percent": numbers.percent,
        "phrases": phrases.all_of,
        "points": numbers.points,
        "printed_percent": numbers.printed_percent,
        "quoted": phrases.quoted,
        "scientific": lambda value: Markdown(numbers.scientific(value)),
        "settings": settings,
        "share": numbers.share,
        "spread": numbers.spread,
    }
    return environment


def _joined(separator: str, items: Iterable[object]) -> Markdown:
    return Markdown(separator.join(escape(item) for item in items))
