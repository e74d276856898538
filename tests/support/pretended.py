"""A machine that seems to have GPUs: an nvidia-smi that lists them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from study.machine.gpus import Card


def pretend_cards(folder: Path, cards: Sequence[Card], set_variable: Callable[[str, str], object]) -> Path:
    """Write an nvidia-smi that lists cards, and put its folder first in PATH."""
    program = folder / "nvidia-smi"
    rows = "\n".join(f"{card.key}, {card.name}, {(card.memory or 0) // 2**20}, {card.driver}" for card in cards)
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{rows}\nEND\n", encoding="utf-8")
    program.chmod(0o755)
    set_variable("PATH", f"{folder}:{os.environ['PATH']}")
    return program
