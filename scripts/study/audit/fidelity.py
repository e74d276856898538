"""Which arm answers a claim, and how it differs from what the claim's source did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from study.audit.arms import AuditArm
from study.config.claims import Claims
from study.config.document import DocumentData, Section, Source
from study.evaluation.departures import departures
from study.evaluation.facts import Facts, data_facts, protocol_facts


@dataclass(frozen=True)
class Answer:
    """The arm that answers for a section, if one was run, and what keeps it from answering in full."""

    arm: AuditArm | None
    missing: list[dict[str, Any]]
    """Each ``{"section", "key", "document", "here"}``; the key is ``arm`` if none was run."""


@dataclass(frozen=True)
class Bench:
    """All arms, and what every source did for the figures of each section."""

    arms: Sequence[AuditArm]
    said: Mapping[tuple[Source, Section], Facts]
    data: Facts
    """For sections about which a source says nothing."""

    def answer(self, source: Source, section: Section) -> Answer:
        """Return the arm that did exactly what the source did or, failing that, the section's own arm.

        If several did the same, it is the section's own arm, or else the first by name.
        """
        said = self.said.get((source, section), self.data)
        arms = sorted(self.arms, key=lambda arm: (arm.section != section, arm.name))
        own = [arm for arm in arms if arm.section == section]
        candidates = [arm for arm in arms if (source, section) in self.said and not departures(said, arm.facts)]
        arm = next(iter([*candidates, *own]), None)
        if arm is None:
            return Answer(None, [{"section": section, "key": "arm", "document": section, "here": None}])
        return Answer(arm, [{"section": section, **departure} for departure in departures(said, arm.facts)])


def make_bench(arms: Sequence[AuditArm], claims: Claims, data: DocumentData) -> Bench:
    """Put arms and protocols side by side; ``data`` is what the document's figures come from."""
    said = {
        (source, section): protocol_facts(protocol, data)
        for source, protocols in claims.protocols.items()
        for section, protocol in protocols.items()
    }
    return Bench(arms, said, data_facts(data))
