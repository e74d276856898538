"""What happened in every epoch of a training."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from study.store.files import write_text


@dataclass(frozen=True)
class Score:
    """Mean loss (nats) and accuracy (fraction) over a number of images."""

    loss: float
    accuracy: float


@dataclass(frozen=True)
class Epoch:
    """One row of a history; losses in nats, accuracies as fractions, times in seconds."""

    epoch: int
    learning_rate: float
    train_loss: float
    """Mean over the epoch's batches as they were seen: parameters changing, dropout on."""
    train_accuracy: float
    monitor_loss: float | None
    monitor_accuracy: float | None
    seconds: float
    images_per_second: float
    monitor_seconds: float | None

    def line(self, epochs: int) -> str:
        """Return one line for a log."""
        monitored = (
            ""
            if self.monitor_accuracy is None
            else f"  monitored {self.monitor_accuracy:.2%} (loss {self.monitor_loss:.4f})"
        )
        return (
            f"epoch {self.epoch}/{epochs}  training {self.train_accuracy:.2%} (loss {self.train_loss:.4f}){monitored}"
            f"  rate {self.learning_rate:g}  {self.seconds:.1f} s, {self.images_per_second:.0f} images/s"
        )


def write_history(path: Path, history: Sequence[Epoch]) -> None:
    """Write a history as CSV, with an empty cell for whatever was not monitored."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Epoch)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(epoch) for epoch in history)
    write_text(path, text.getvalue())
