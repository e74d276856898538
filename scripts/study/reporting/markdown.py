"""Text as Markdown that means just that text, even where Markdown has special characters."""

import json
import re
from collections.abc import Container, Mapping
from typing import Any

import jinja2


class Markdown(str):
    """Text that is Markdown already."""


def escape(value: Any) -> str:
    """Return what a template prints, as Markdown that means just that text, on one line.

    Raises TypeError for anything but strings and whole numbers: the template must say how other numbers are written.
    """
    if isinstance(value, Markdown):
        return value
    if isinstance(value, jinja2.Undefined):
        return str(value)  # empty after an inline "if" without "else"; a name that the context lacks raises here
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(f"a template prints {value!r}; pass it through a filter")
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", one_line(str(value)))


def one_line(text: str) -> str:
    """Return the text with its line breaks as spaces."""
    return re.sub(r"[\r\n]+", " ", text)


def code(text: str) -> Markdown:
    """Return a name set as code; between backticks, only backticks have a special meaning."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return Markdown(f"{fence}{' ' if '`' in text else ''}{text}{' ' if '`' in text else ''}{fence}")


def as_configured(value: Any) -> Markdown:
    """A value as it stands in the configuration, set as code."""
    return code(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def settings(given: Mapping[str, Any], besides: Container[str] = ()) -> list[Markdown]:
    """Keys that have a value, each with it, as they stand in the configuration; without those of ``besides``."""
    return [
        code(f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
        for key, value in given.items()
        if value is not None and key not in besides
    ]


def attribute(text: str) -> Markdown:
    """Return the text as the value of an attribute between double quotes."""
    return Markdown(re.sub(r'([\\"])', r"\\\1", one_line(text)))
