from pathlib import Path

import pytest

from study.training.instructions import cpu_has_bfloat16, fastest_on_gpu


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx512_bf16 amx_tile", True), ("fpu amx_bf16", True), ("fpu avx512f avx2", False), ("", False)],
)
def test_bfloat16_is_read_from_the_processors_flags(flags: str, expected: bool, tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor : 0\nmodel name : avx512_bf16 in a name\nflags : {flags}\n", encoding="utf-8")
    assert cpu_has_bfloat16(file) is expected


def test_without_the_file_there_is_no_bfloat16(tmp_path: Path) -> None:
    assert not cpu_has_bfloat16(tmp_path / "none")


@pytest.mark.parametrize(
    ("capability", "expected"),
    [((9, 0), "bfloat16"), ((8, 0), "bfloat16"), ((7, 5), "float16"), ((7, 0), "float16"), ((6, 1), "float32")],
)
def test_a_gpus_fastest_arithmetic_follows_from_its_generation(capability: tuple[int, int], expected: str) -> None:
    assert fastest_on_gpu(capability) == expected
