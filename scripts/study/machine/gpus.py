"""The GPUs of this machine, whatever a framework sees of them."""

import csv
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from study.errors import StudyError

QUERY = ("nvidia-smi", "--query-gpu=uuid,name,memory.total,driver_version", "--format=csv,noheader,nounits")
PATIENCE = 60.0
"""Seconds that nvidia-smi may take; on an idle machine the driver has to be loaded first."""
DEVICES = Path("/dev")


@dataclass(frozen=True)
class Card:
    """A GPU."""

    key: str
    """Its name in CUDA_VISIBLE_DEVICES: its UUID, or its number if nothing else is known."""
    name: str
    memory: int | None = None
    """Bytes."""
    driver: str | None = None
    """Version of the driver."""


def find_cards(devices: Path = DEVICES) -> tuple[Card, ...]:
    """Return NVIDIA's GPUs as nvidia-smi lists them; if it cannot, as many as there are device files."""
    try:
        finished = subprocess.run(
            QUERY, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=PATIENCE, check=False
        )
    except OSError:
        return _device_files(devices)
    except subprocess.TimeoutExpired:
        raise StudyError(f"nvidia-smi did not answer within {PATIENCE:g} seconds: check the GPU driver") from None
    if finished.returncode != 0:
        return _device_files(devices)
    rows = csv.reader(finished.stdout.splitlines(), skipinitialspace=True)
    return tuple(_card(row) for row in rows if len(row) == len(QUERY[1].split(",")))


def _card(row: Sequence[str]) -> Card:
    key, name, mebibytes, driver = row
    return Card(key, name, int(mebibytes) * 2**20 if mebibytes.isdigit() else None, driver)


def _device_files(devices: Path) -> tuple[Card, ...]:
    numbers = sorted(int(path.name[6:]) for path in devices.glob("nvidia*") if re.fullmatch(r"nvidia\d+", path.name))
    return tuple(Card(str(number), f"GPU {number}") for number in numbers)
