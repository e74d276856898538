"""What depends on the report's language outside its templates: numbers, and the words in figures."""

from dataclasses import dataclass
from decimal import Decimal

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


@dataclass(frozen=True)
class Words:
    """Words that stand in figures and around the text."""

    contents: str
    epoch: str
    loss: str
    accuracy: str
    training: str
    monitored: dict[str, str]
    """By what ``monitor`` may be."""
    true_class: str
    predicted_class: str


WORDS = {
    "es": Words(
        contents="Contenido",
        epoch="Época",
        loss="Pérdida",
        accuracy="Exactitud (%)",
        training="entrenamiento",
        monitored={"test": "prueba", "validation": "validación", "none": ""},
        true_class="Clase verdadera",
        predicted_class="Clase predicha",
    ),
}


def decimal(value: float, digits: int | None = None) -> str:
    """A number with a decimal comma; all its digits and no exponent if ``digits`` after the comma are not given."""
    text = format(Decimal(repr(float(value))).normalize(), "f") if digits is None else f"{value:.{digits}f}"
    return text.replace(".", ",").replace("-", MINUS)


def percent(fraction: float, digits: int = 2) -> str:
    """A fraction in percent: 0.6159 gives ``61,59 %``."""
    return f"{decimal(100 * fraction, digits)}{NO_BREAK_SPACE}%"


def points(difference: float) -> str:
    """A difference of fractions in percentage points, always with its sign: 0.1875 gives ``+18,75``."""
    rounded = round(100 * difference, 2)
    return (MINUS if rounded < 0 else "+") + decimal(abs(rounded), 2)


def spread(mean: float, deviation: float | None) -> str:
    """A mean and a standard deviation, both fractions, in percent: ``62,00 ± 1,00 %``."""
    if deviation is None:
        return percent(mean)
    return f"{decimal(100 * mean, 2)}{NO_BREAK_SPACE}±{NO_BREAK_SPACE}{percent(deviation)}"


def printed_percent(text: str) -> str:
    """A percentage as the document prints it, in the language's form and with the document's own digits."""
    return text.strip().removesuffix("%").strip().replace(".", ",") + f"{NO_BREAK_SPACE}%"


def count(number: int) -> str:
    """A whole number; from five digits on, groups of three are set apart."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE) if abs(number) >= 10_000 else str(number)


def duration(seconds: float) -> str:
    """A time as ``1 h 05 min``, ``2 min 30 s`` or ``4,2 s``."""
    if seconds < 60:
        return f"{decimal(seconds, 1)}{NO_BREAK_SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    parts = (minutes, "min", rest, "s") if minutes < 60 else (minutes // 60, "h", minutes % 60, "min")
    return "{}\u00a0{} {:02d}\u00a0{}".format(*parts)
