"""The devices that a user may ask for."""

from typing import Literal

DeviceChoice = Literal["auto", "cpu", "cuda"]
"""``auto``: a GPU if the machine has one, with no fallback to the CPU."""
