"""Claims that are judged together: each needs more evidence, the more of them there are."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from statsmodels.stats.multitest import multipletests


@dataclass(frozen=True)
class Family:
    """Tests that are adjusted for their number, by what they test; the same test of two claims counts once."""

    adjusted: Mapping[Hashable, float]
    """p of each (Holm 1979, "A simple sequentially rejective multiple test procedure"); none where there is no p."""
    level: float
    """The chance that one or more of all true hypotheses are rejected."""
    waiting: int
    """Tests that have no p yet."""

    def rejects(self, test: Hashable) -> bool:
        """Whether the evidence is enough beside that of all others."""
        return test in self.adjusted and self.adjusted[test] < self.level

    @property
    def decided_at(self) -> float:
        """The confidence that decides any test that is open, whatever the others come to."""
        undecided = self.waiting + sum(p >= self.level for p in self.adjusted.values())
        return 1 - self.level / max(1, undecided)


def family(ps: Mapping[Hashable, float | None], level: float) -> Family:
    """Adjust p values for their number; None is that of a test that cannot be made yet."""
    known = {test: p for test, p in ps.items() if p is not None}
    adjusted = multipletests(list(known.values()), method="holm")[1] if known else ()
    return Family(dict(zip(known, map(float, adjusted), strict=True)), level, len(ps) - len(known))
