"""Numbers as a language writes them: rounded here, written by Babel's rules."""

from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


@dataclass(frozen=True)
class Numbers:
    """How one language writes numbers."""

    locale: Locale
    group: str | None = None
    """The separator of groups of three digits, if it differs from the locale's."""
    grouped_from: int = 1000
    """The smallest whole number whose digits are grouped."""

    @property
    def point(self) -> str:
        """The decimal separator."""
        return get_decimal_symbol(self.locale)

    @property
    def group_sign(self) -> str:
        """The separator of groups of three digits."""
        return get_group_symbol(self.locale) if self.group is None else self.group

    def decimal(self, value: float, digits: int | None = None) -> str:
        """Format a number with all its digits and no exponent, or with a number of digits after the point."""
        return self._written(_all_digits(value) if digits is None else f"{value:.{digits}f}")

    def percent(self, fraction: float, digits: int = 2) -> str:
        """Format a fraction in percent: 0.6159 gives ``61,59 %`` or ``61.59%``."""
        return self._with_sign(self.decimal(100 * fraction, digits))

    def share(self, fraction: float) -> str:
        """Format a fraction in percent with all its digits: 0.125 gives ``12,5 %``."""
        return self._with_sign(self._written(format((100 * Decimal(repr(float(fraction)))).normalize(), "f")))

    def points(self, difference: float) -> str:
        """Format a difference of fractions in percentage points, always with its sign: 0.1875 gives ``+18,75``."""
        rounded = round(100 * difference, 2)
        return (MINUS if rounded < 0 else "+") + self.decimal(abs(rounded), 2)

    def spread(self, mean: float, deviation: float | None) -> str:
        """Format a mean and a standard deviation, both fractions, in percent: ``62,00 ± 1,00 %``."""
        if deviation is None:
            return self.percent(mean)
        both = (self.decimal(100 * value, 2) for value in (mean, deviation))
        return self._with_sign(f"{NO_BREAK_SPACE}±{NO_BREAK_SPACE}".join(both))

    def printed_percent(self, text: str) -> str:
        """Format a percentage that the document prints, in the language's form and with the document's own digits."""
        return self._with_sign(self._written(text.strip().removesuffix("%").strip().replace(",", ".")))

    def count(self, number: int) -> str:
        """Format a whole number, with groups of three digits set apart."""
        return f"{number:,}".replace(",", self.group_sign) if abs(number) >= self.grouped_from else str(number)

    def duration(self, seconds: float) -> str:
        """Format a time as ``1 h 05 min``, ``2 min 30 s`` or ``4,2 s``: the symbols are the same in every language."""
        if seconds < 60:
            return f"{self.decimal(seconds, 1)}{NO_BREAK_SPACE}s"
        minutes, rest = divmod(round(seconds), 60)
        parts = (minutes, "min", rest, "s") if minutes < 60 else (minutes // 60, "h", minutes % 60, "min")
        return "{}\u00a0{} {:02d}\u00a0{}".format(*parts)

    def scientific(self, value: float | None) -> str:
        """Format a number with two digits: 0 and 0.01 to 100 as they are, others as powers of ten in Markdown.

        None means infinite.
        """
        if value is None:
            return "∞"
        if value == 0 or 0.01 <= abs(value) < 100:
            return self.decimal(float(f"{value:.2g}"))
        digits, exponent = f"{value:.1e}".split("e")
        power = f"10^{self.decimal(int(exponent))}^"
        return f"{self.decimal(float(digits))}{NO_BREAK_SPACE}·{NO_BREAK_SPACE}{power}"

    def _written(self, digits: str) -> str:
        """Return digits with a point and a hyphen, in the language's signs."""
        return digits.replace(".", self.point).replace("-", MINUS)

    def _with_sign(self, number: str) -> str:
        """Return a number with the percent sign, on the side and at the distance that the language uses."""
        pattern = self.locale.percent_formats[None]
        return f"{pattern.prefix[0]}{number}{pattern.suffix[0]}"


def _all_digits(value: float) -> str:
    return format(Decimal(repr(float(value))).normalize(), "f")
