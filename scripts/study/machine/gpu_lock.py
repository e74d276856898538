"""One GPU per process: cards are taken by file locks, which the kernel releases when a process ends."""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from study.errors import StudyError
from study.machine.device_choice import DeviceChoice
from study.machine.gpu_choice import VISIBLE, Selection, choose
from study.machine.gpus import Card, find_cards

LOCKS = Path("/tmp")
"""Shared by all users and jobs of a machine, which $TMPDIR may not be."""
POLL = 1.0
"""Seconds between checks while all cards are in use."""


@contextmanager
def select(
    wanted: DeviceChoice,
    say: Callable[[str], object],
    environment: MutableMapping[str, str] = os.environ,
    shared: bool = False,
) -> Iterator[Selection]:
    """Hold a GPU, if one is to be used, and hide all others from frameworks loaded inside the block.

    Waits, and says so, while others hold them all; with ``shared``, takes the first at once, whoever holds it.
    Raises StudyError as ``choose`` does.
    """
    if wanted == "cpu":
        environment[VISIBLE] = ""
        yield Selection(wanted, None)
        return
    choice = choose(wanted, find_cards(), environment)
    if choice.note:
        say(choice.note)
    if not choice.candidates:
        yield Selection(wanted, None)
        return
    with _hold_one(choice.candidates, choice.assigned or shared, say) as card:
        if not choice.assigned:
            environment[VISIBLE] = card.key
        yield Selection(wanted, card)


@contextmanager
def _hold_one(cards: Sequence[Card], shared: bool, say: Callable[[str], object]) -> Iterator[Card]:
    """Hold the first free card; with ``shared``, yield the first one, held if it is free."""
    told = False
    while True:
        for card in cards:
            lock = _open(card)
            try:
                if _try_to_lock(lock) or shared:
                    yield card
                    return
            finally:
                os.close(lock)
        if not told:
            say(f"waiting for a GPU: {_count(cards)} in use by other programs")
            told = True
        time.sleep(POLL)


def _try_to_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(card: Card) -> int:
    """Open a card's lock file, creating it if needed; raise StudyError if it cannot be opened."""
    path = LOCKS / f"study-{re.sub(r'[^A-Za-z0-9-]', '_', card.key)}.lock"
    flags = os.O_RDONLY | os.O_NOFOLLOW
    try:
        return os.open(path, flags)
    except FileNotFoundError:
        lock = os.open(path, flags | os.O_CREAT, 0o644)
        os.fchmod(lock, 0o644)  # other users' programs must be able to lock it, whatever the umask
        return lock
    except OSError as error:
        raise StudyError(
            f"{path}: cannot be opened ({error.strerror}), but it decides which program may use {card.name}; "
            "ask its owner to remove it, or set device: cpu"
        ) from error


def _count(cards: Sequence[Card]) -> str:
    return "the only one is" if len(cards) == 1 else f"all {len(cards)} are"
