import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import pytest

from study.errors import StudyError, program
from support.paths import SCRIPTS


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StudyError("too bad; mend it"), "error: too bad; mend it\n"),
        (
            OSError(28, "No space left on device", "/results/run.json"),
            "error: /results/run.json: No space left",
        ),
        (
            PermissionError(13, "Permission denied", "/results"),
            "error: /results: this user may not read or write it",
        ),
        (FileNotFoundError(2, "No such file or directory", "/results/x"), "error: /results/x: No such file"),
        (OSError("the file is truncated"), "error: the file is truncated;"),
    ],
)
def test_an_error_for_the_user_is_one_sentence(
    error: Exception, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @program
    def main() -> None:
        raise error

    with pytest.raises(SystemExit) as ended:
        main()
    found = capsys.readouterr().err
    assert ended.value.code == 1
    assert found.startswith(sentence)
    assert found.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "error: No space left on device; everything complete so far is kept"),
        ("raise StudyError('too bad')", "error: "),  # its own, or the disk's where nothing is held back
        ("raise OSError(28, 'No space left on device', '/results/x')", "error: "),
    ],
)
def test_a_disk_that_is_full_for_the_log_too_ends_without_a_traceback(
    body: str, said: str, buffered: bool, tmp_path: Path
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = ended_program(tmp_path, f"print('a line')\n    {body}", buffered, stdout=full)
        silent = ended_program(tmp_path, f"print('a line')\n    {body}", buffered, stdout=full, stderr=full)
    assert (ended.returncode, silent.returncode) == (1, 1)
    assert ended.stderr.startswith(said)
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_who_has_seen_enough_gets_no_traceback(buffered: bool, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as nobody:
        ended = ended_program(tmp_path, "print('a line')", buffered, stdout=nobody)
    assert (ended.returncode, ended.stderr) == (1, "")


def ended_program(
    folder: Path, body: str, buffered: bool, stdout: TextIO, stderr: TextIO | int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    script = folder / "it.py"
    head = "from study.errors import StudyError, program\n@program\ndef main():\n"
    script.write_text(f"{head}    {body}\nmain()\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS), "PYTHONUNBUFFERED": "" if buffered else "1"}
    return subprocess.run(
        [sys.executable, str(script)], stdout=stdout, stderr=stderr, text=True, check=False, env=environment
    )
