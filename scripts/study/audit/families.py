"""Claims that are judged together: the more there are, the more evidence each needs."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from statsmodels.stats.multitest import multipletests


@dataclass(frozen=True)
class Family:
    """Tests adjusted for their number, by what they test; the same test for two claims counts once."""

    adjusted: Mapping[Hashable, float]
    """Adjusted p of each (Holm 1979, "A simple sequentially rejective multiple test procedure"), where it has one."""
    level: float
    """The probability of rejecting at least one true hypothesis."""
    waiting: int
    """Tests without a p so far."""

    def rejects(self, test: Hashable) -> bool:
        """Return whether the evidence suffices, taken together with all the others."""
        return test in self.adjusted and self.adjusted[test] < self.level

    @property
    def decided_at(self) -> float:
        """The confidence that decides any open test, whatever the others turn out to be."""
        undecided = self.waiting + sum(p >= self.level for p in self.adjusted.values())
        return 1 - self.level / max(1, undecided)


def family(ps: Mapping[Hashable, float | None], level: float) -> Family:
    """Adjust p values for their number; None stands for a test that cannot be made yet."""
    known = {test: p for test, p in ps.items() if p is not None}
    adjusted = multipletests(list(known.values()), method="holm")[1] if known else ()
    return Family(dict(zip(known, map(float, adjusted), strict=True)), level, len(ps) - len(known))
