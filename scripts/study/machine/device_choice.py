"""What can be asked for to compute on."""

from typing import Literal

DeviceChoice = Literal["auto", "cpu", "cuda"]
"""``auto``: a GPU where the machine has one, and never the CPU in its place."""
