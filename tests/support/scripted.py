"""A trainer whose epochs come out as a test wrote them down."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from study.data.splits import Indices, Split
from study.errors import Stopped
from study.store.parameters import Arrays
from study.training.augmentation import NO_DRAWS, Draws
from study.training.history import Score


@dataclass(frozen=True)
class Outcome:
    """What an epoch gives."""

    accuracy: float
    """Monitored."""
    train_loss: float = 1.0
    monitor_loss: float = 1.0
    parameter: float | None = None
    """Value of the network's only parameter afterwards; its epoch if None."""


NAN = Outcome(accuracy=0.1, train_loss=math.nan, parameter=math.nan)


@dataclass
class ScriptedTrainer:
    """Gives the outcomes one after the other; a signal stops it in the epoch ``stopped_in``."""

    outcomes: Sequence[Outcome]
    stopped_in: int | None = None
    epoch: int = 0
    trained: list[Indices] = field(default_factory=list)
    draws: list[Draws] = field(default_factory=list)
    labelled: list[Indices | None] = field(default_factory=list)
    scored: list[tuple[Split, Indices]] = field(default_factory=list)

    def train_epoch(
        self,
        order: Indices,
        learning_rate: float,
        on_batch: Callable[[int], object],
        draws: Draws = NO_DRAWS,
        labelled: Indices | None = None,
    ) -> Score:
        if self.stopped_in == self.epoch + 1:
            raise Stopped("SIGTERM", 143)
        self.epoch += 1
        self.trained.append(order)
        self.draws.append(draws)
        self.labelled.append(labelled)
        return Score(self.outcomes[self.epoch - 1].train_loss, 0.5)

    def score(self, split: Split, indices: Indices) -> Score:
        self.scored.append((split, indices))
        outcome = self.outcomes[self.epoch - 1]
        return Score(outcome.monitor_loss, outcome.accuracy)

    def parameters(self) -> Arrays:
        value = self.outcomes[self.epoch - 1].parameter if self.epoch else None
        return {"epoch": np.array(float(self.epoch) if value is None else value)}

    def state(self) -> Arrays:
        return {"epoch": np.array(self.epoch)}

    def restore(self, state: Arrays) -> None:
        self.epoch = int(state["epoch"])
