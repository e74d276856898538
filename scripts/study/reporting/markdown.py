"""Markdown from templates: whatever a template prints comes out as it is, also where Markdown has a meaning for it."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import jinja2

from study.config.document import Language
from study.reporting.languages import WORDS
from study.reporting.numbers import NO_BREAK_SPACE, NUMBERS, Numbers


class Markdown(str):
    """Text that is Markdown already."""


def escape(value: Any) -> str:
    """What a template prints, as Markdown that stands for just that text, on one line.

    Raises TypeError for anything but texts and whole numbers: how other numbers are written is the template's to say.
    """
    if isinstance(value, Markdown):
        return value
    if isinstance(value, jinja2.Undefined):
        return str(value)  # empty after an inline "if" without "else"; a name that the context lacks raises here
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(f"a template prints {value!r}; give it through a filter")
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", one_line(str(value)))


def one_line(text: str) -> str:
    """The text with its line breaks as spaces."""
    return re.sub(r"[\r\n]+", " ", text)


def code(text: str) -> Markdown:
    """A name set as code; between backticks nothing has another meaning but backticks."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return Markdown(f"{fence}{' ' if '`' in text else ''}{text}{' ' if '`' in text else ''}{fence}")


def attribute(text: str) -> Markdown:
    """The text as the value of an attribute between double quotes."""
    return Markdown(re.sub(r'([\\"])', r"\\\1", one_line(text)))


def scientific(numbers: Numbers, value: float | None) -> Markdown:
    """A number with two digits: 0 and those from 0.01 to 100 as they are, others as powers of ten; None: infinite."""
    if value is None:
        return Markdown("∞")
    if value == 0 or 0.01 <= abs(value) < 100:
        return Markdown(numbers.decimal(float(f"{value:.2g}")))
    digits, exponent = f"{value:.1e}".split("e")
    power = f"10^{numbers.decimal(int(exponent))}^"
    return Markdown(f"{numbers.decimal(float(digits))}{NO_BREAK_SPACE}·{NO_BREAK_SPACE}{power}")


def listed(conjunction: str, items: Sequence[str]) -> str:
    """A list in words: ``a, b and c``."""
    return f" {conjunction} ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def render(folder: Path, template: str, context: Mapping[str, Any], language: Language) -> str:
    """Fill a template in; jinja2.UndefinedError if it names something that the context lacks."""
    return templates_in(folder, language).get_template(template).render(context)


def templates_in(folder: Path, language: Language) -> jinja2.Environment:
    """The templates of a folder, with what they need to write in a language."""
    numbers = NUMBERS[language]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder, encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    environment.filters |= {
        "attribute": attribute,
        "code": code,
        "count": numbers.count,
        "decimal": numbers.decimal,
        "duration": numbers.duration,
        "listed": partial(listed, WORDS[language].conjunction),
        "markdown": Markdown,
        "percent": numbers.percent,
        "points": numbers.points,
        "printed_percent": numbers.printed_percent,
        "share": numbers.share,
        "scientific": partial(scientific, numbers),
        "spread": numbers.spread,
    }
    return environment
