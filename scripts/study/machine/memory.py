"""How the process asks the operating system for memory."""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Options of glibc's mallopt(3)."""
LARGEST_THRESHOLD = 32 * 1024 * 1024
"""Bytes; glibc accepts no larger M_MMAP_THRESHOLD on 64-bit machines."""


def keep_freed_memory() -> None:
    """Let the process keep the memory that a training step frees, for the next step.

    By default glibc returns blocks of this size at once, and the operating system clears every page before it is
    reused, in every step. Does nothing with other C libraries.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(M_MMAP_THRESHOLD, LARGEST_THRESHOLD)
    mallopt(M_TRIM_THRESHOLD, -1)
