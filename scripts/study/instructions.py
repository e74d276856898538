"""Which arithmetic this machine's processor has instructions for."""

from pathlib import Path

BFLOAT16 = {"avx512_bf16", "amx_bf16"}
"""Flags of x86 processors that multiply in bfloat16."""


def cpu_has_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor multiplies in bfloat16; without, both frameworks imitate it slowly."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(BFLOAT16 & set(line.split()) for line in lines if line.startswith("flags"))
