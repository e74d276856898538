"""Which of the machine's GPUs a process may use, decided before any framework is loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from study.errors import StudyError
from study.machine.device_choice import DeviceChoice
from study.machine.gpus import Card

VISIBLE = "CUDA_VISIBLE_DEVICES"


@dataclass(frozen=True)
class Choice:
    """The GPUs left to choose from."""

    candidates: tuple[Card, ...]
    """Cards one of which is to be used; if empty, the CPU, or whatever only the framework can see."""
    assigned: bool = False
    """Whether the only candidate was assigned to this process, and is used even if another process uses it too."""
    note: str | None = None
    """A line for the log."""


def choose(wanted: DeviceChoice, cards: Sequence[Card], environment: Mapping[str, str]) -> Choice:
    """Return the candidates among the machine's cards.

    CUDA_VISIBLE_DEVICES is honoured. Raises StudyError if a GPU is asked for but hidden, and if only the user can say
    whether a GPU may be used.
    """
    if wanted == "cpu":
        return Choice(())
    visible = environment.get(VISIBLE)
    if visible is not None:
        return _visible(wanted, cards, visible)
    if wanted == "auto" and cards and "SLURM_JOB_ID" in environment:
        raise StudyError(
            f"device: auto, but this SLURM job was given no GPU, and its node has {_names(cards)}; "
            "request one (gpu: 1 under set-resources in profiles/slurm), or set device: cpu, or device: cuda"
        )
    return Choice(tuple(cards))


def _visible(wanted: DeviceChoice, cards: Sequence[Card], visible: str) -> Choice:
    named = _named(cards, visible)
    if not named and wanted == "cuda":
        raise StudyError(f"device: cuda, but {VISIBLE}='{visible}' hides all GPUs; unset it, or set device: auto")
    if not named:
        note = f"{VISIBLE}='{visible}' hides {_names(cards)}: computing on the CPU" if cards else None
        return Choice((), note=note)
    if not cards:
        return Choice((), note=f"{VISIBLE}='{visible}' assigns a GPU, but none is visible on this machine")
    return Choice(named, assigned=len(named) == 1)


def _named(cards: Sequence[Card], visible: str) -> tuple[Card, ...]:
    """Return the cards in CUDA_VISIBLE_DEVICES up to the first invalid entry, as CUDA does; unknown names as given."""
    named = []
    for entry in (part.strip() for part in visible.split(",")):
        if not entry or entry.startswith("-") or entry == "NoDevFiles":
            break
        known = [card for card in cards if card.key.startswith(entry)]
        if entry.isdigit() and int(entry) < len(cards):
            known = [cards[int(entry)]]
        named.append(known[0] if len(known) == 1 else Card(entry, entry))
    return tuple(named)


def _names(cards: Sequence[Card]) -> str:
    return ", ".join(card.name for card in cards)


@dataclass(frozen=True)
class Selection:
    """The device of a process, as far as it is settled before its framework is loaded."""

    wanted: DeviceChoice
    card: Card | None
    """The GPU to use; None if none is known to exist."""

    def check(self, why_no_gpu: str | None) -> None:
        """Raise StudyError unless the framework has the device to be used.

        ``why_no_gpu`` says why the framework has no GPU; None if it has one.
        """
        if why_no_gpu is None or self.wanted == "cpu":
            return
        remedy = "make envs installs each framework with its CUDA libraries, and make doctor checks them"
        if self.card is not None:
            driver = f" (driver {self.card.driver})" if self.card.driver else ""
            raise StudyError(
                f"this machine has a GPU, {self.card.name}{driver}, but {why_no_gpu}; "
                f"{remedy}; to compute on the CPU, set device: cpu"
            )
        if self.wanted == "cuda":
            raise StudyError(f"device: cuda, but {why_no_gpu}; {remedy}; or set device: auto or cpu")
