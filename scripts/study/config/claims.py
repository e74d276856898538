"""Claims of the document and of its authors' notebooks, as data for the study to judge."""

from collections import Counter
from typing import Annotated, Literal, Union

from pydantic import Field, model_validator

from study.config.document import Curves, Protocol, Section, Source
from study.config.languages import Language
from study.recipe.base import Accuracy, Count, Difference, Name, PositiveShare, SpecModel, Text

Quantity = Literal[
    "test_accuracy", "best_monitor_accuracy", "train_accuracy", "train_accuracy_seen", "monitor_accuracy"
]
"""Test accuracy of the result; best after any epoch; training accuracy of the result, or as seen during an
epoch; accuracy of the monitored split after an epoch. Monitored is the test set."""

Setting = Literal[
    "framework",
    "network",
    "weights",
    "frozen",
    "initial_values",
    "input",
    "optimiser",
    "schedule",
    "batch_size",
    "epochs",
    "early_stop",
    "result",
    "shuffle",
    "augmentation",
    "labels",
    "precision",
    "device",
    "training_images",
]
"""What can be named as the cause of a difference; what belongs to each is in ``audit.settings.GROUPS``."""


class _Claim(SpecModel):
    id: Name
    source: Source
    conclusion: Literal[1, 2, 3] | None = None
    """The conclusion of the document that rests on it."""
    statement: dict[Language, Text]
    """What is claimed, in a sentence per language."""


class ValueClaim(_Claim):
    """A run of an arm reached this accuracy."""

    kind: Literal["value"]
    section: Section
    quantity: Quantity
    epoch: Count | None = None
    """The epoch of ``train_accuracy_seen``, if it is not the last, and of ``monitor_accuracy``."""
    value: Accuracy
    tolerance: PositiveShare
    """Half of the last printed place: 0.0005 for a number printed as 61.6 %."""

    @model_validator(mode="after")
    def _epoch_fits(self) -> "ValueClaim":
        if self.epoch is not None and self.quantity not in ("train_accuracy_seen", "monitor_accuracy"):
            raise ValueError(f"epoch: {self.quantity} describes a whole run; leave epoch out")
        if self.epoch is None and self.quantity == "monitor_accuracy":
            raise ValueError("epoch: monitor_accuracy describes one epoch; say which")
        return self


class _Pair(_Claim):
    higher: Section
    """The arm that the claim puts first."""
    lower: Section

    @model_validator(mode="after")
    def _two_arms(self) -> "_Pair":
        if self.higher == self.lower:
            raise ValueError(f"higher, lower: both are {self.higher}; a comparison needs two arms")
        return self


class DifferenceClaim(_Pair):
    """The test accuracy of one arm exceeds that of another by this much, in one run of each."""

    kind: Literal["difference"]
    value: Difference
    tolerance: PositiveShare
    """Sum of both figures' tolerances."""


class RelationClaim(_Pair):
    """One arm has the higher test accuracy."""

    kind: Literal["relation"]


class Experiment(SpecModel):
    """A bridge whose effect is held against half of the difference that a claim explains."""

    bridge: Name
    """A key of ``bridges``; where the study has no such bridge, the two arms alone have to answer."""
    step: Name | None = None
    """The step whose effect it is; of the whole bridge if left out."""
    role: Literal["cause", "rival"] = "cause"
    """``cause``: an effect of more than half supports the claim; ``rival``: it contradicts it, for something else
    than what is claimed makes most of the difference."""


class CauseClaim(_Pair):
    """One arm has the higher test accuracy because of one setting."""

    kind: Literal["cause"]
    setting: Setting
    """What is named as the cause: all that belongs to it may differ between the two arms, and nothing else."""
    experiment: Experiment | None = None
    """What shows the cause where more than that differs."""


class EquivalenceClaim(_Pair):
    """Two arms have the same test accuracy, up to the margin of ``evaluation.equivalence_margin``."""

    kind: Literal["equivalence"]


Claim = Annotated[
    Union[ValueClaim, DifferenceClaim, RelationClaim, CauseClaim, EquivalenceClaim], Field(discriminator="kind")
]


class Claims(SpecModel):
    """All claims, and what they are judged against."""

    protocols: dict[Source, dict[Section, Protocol]] = {}
    """What each source did for the figures of each section."""
    curves: dict[Section, Curves] = {}
    """What the authors' own runs printed."""
    claims: tuple[Claim, ...] = ()

    @model_validator(mode="after")
    def _ids_are_distinct(self) -> "Claims":
        twice = [name for name, count in Counter(claim.id for claim in self.claims).items() if count > 1]
        if twice:
            raise ValueError(f"claims: two claims are called {twice[0]}")
        return self


class TeamFigures(SpecModel):
    """One team's results for one arm; None where nothing was printed."""

    train_accuracy: Accuracy | None = None
    test_accuracy: Accuracy | None = None


class Cohort(SpecModel):
    """Results of teams for the same arms."""

    document_team: str | None = None
    """The one of ``teams`` that wrote the document; it is not counted among the others."""
    teams: dict[Text, dict[Section, TeamFigures]] = {}

    @model_validator(mode="after")
    def _document_team_is_known(self) -> "Cohort":
        if self.document_team is not None and self.document_team not in self.teams:
            known = ", ".join(sorted(self.teams)) or "no team"
            raise ValueError(f"document_team: {self.document_team} is not under teams; there are: {known}")
        return self

    @property
    def others(self) -> dict[str, dict[Section, TeamFigures]]:
        """All teams but the document's."""
        return {name: figures for name, figures in self.teams.items() if name != self.document_team}
