"""Which arithmetic this machine's devices have instructions for: one rule for both frameworks."""

from pathlib import Path

from study.recipe.recipe import Precision

BFLOAT16 = {"avx512_bf16", "amx_bf16"}
"""Flags of x86 processors that multiply in bfloat16."""


def cpu_has_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Return whether the processor multiplies in bfloat16; otherwise both frameworks emulate it slowly."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(BFLOAT16 & set(line.split()) for line in lines if line.startswith("flags"))


def fastest_on_gpu(capability: tuple[int, int]) -> Precision:
    """Return the fastest arithmetic of a GPU by NVIDIA's compute capability: bfloat16 from 8.0, float16 from 7.0."""
    if capability >= (8, 0):
        return "bfloat16"
    return "float16" if capability >= (7, 0) else "float32"


def fastest_on_cpu() -> Precision:
    """Return the fastest arithmetic of this machine's processor."""
    return "bfloat16" if cpu_has_bfloat16() else "float32"
