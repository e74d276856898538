"""Numbers as a language writes them."""

from dataclasses import dataclass
from decimal import Decimal

from study.config.document import Language

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


@dataclass(frozen=True)
class Numbers:
    """How one language writes numbers."""

    point: str
    """Between a number's whole part and the rest."""
    group: str
    """Between groups of three digits."""
    grouped_from: int
    """The smallest whole number whose digits are set in groups."""
    before_percent: str
    """Between a number and its percent sign."""

    def decimal(self, value: float, digits: int | None = None) -> str:
        """A number with all its digits and no exponent, or with some digits after the point."""
        text = format(Decimal(repr(float(value))).normalize(), "f") if digits is None else f"{value:.{digits}f}"
        return text.replace(".", self.point).replace("-", MINUS)

    def percent(self, fraction: float, digits: int = 2) -> str:
        """A fraction in percent: 0.6159 gives ``61,59 %`` or ``61.59%``."""
        return f"{self.decimal(100 * fraction, digits)}{self.before_percent}%"

    def share(self, fraction: float) -> str:
        """A fraction in percent with all its digits: 0.125 gives ``12,5 %``."""
        text = format((100 * Decimal(repr(float(fraction)))).normalize(), "f")
        return f"{text.replace('.', self.point)}{self.before_percent}%"

    def points(self, difference: float) -> str:
        """A difference of fractions in percentage points, always with its sign: 0.1875 gives ``+18,75``."""
        rounded = round(100 * difference, 2)
        return (MINUS if rounded < 0 else "+") + self.decimal(abs(rounded), 2)

    def spread(self, mean: float, deviation: float | None) -> str:
        """A mean and a standard deviation, both fractions, in percent: ``62,00 ± 1,00 %``."""
        if deviation is None:
            return self.percent(mean)
        return f"{self.decimal(100 * mean, 2)}{NO_BREAK_SPACE}±{NO_BREAK_SPACE}{self.percent(deviation)}"

    def printed_percent(self, text: str) -> str:
        """A percentage as the document prints it, in the language's form and with the document's own digits."""
        return (
            text.strip().removesuffix("%").strip().replace(",", ".").replace(".", self.point)
            + f"{self.before_percent}%"
        )

    def count(self, number: int) -> str:
        """A whole number; groups of three digits are set apart."""
        return f"{number:,}".replace(",", self.group) if abs(number) >= self.grouped_from else str(number)

    def duration(self, seconds: float) -> str:
        """A time as ``1 h 05 min``, ``2 min 30 s`` or ``4,2 s``."""
        if seconds < 60:
            return f"{self.decimal(seconds, 1)}{NO_BREAK_SPACE}s"
        minutes, rest = divmod(round(seconds), 60)
        parts = (minutes, "min", rest, "s") if minutes < 60 else (minutes // 60, "h", minutes % 60, "min")
        return "{}\u00a0{} {:02d}\u00a0{}".format(*parts)


NUMBERS: dict[Language, Numbers] = {
    "es": Numbers(point=",", group=NO_BREAK_SPACE, grouped_from=10_000, before_percent=NO_BREAK_SPACE),
    "en": Numbers(point=".", group=",", grouped_from=1_000, before_percent=""),
}
