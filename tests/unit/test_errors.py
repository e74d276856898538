import os
import subprocess
import sys
from pathlib import Path

import pytest

from study.errors import StudyError, program

CODE = Path(__file__).parents[2] / "scripts"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StudyError("too bad; mend it"), "error: too bad; mend it\n"),
        (
            OSError(28, "No space left on device", "/results/run.json"),
            "error: /results/run.json: No space left",
        ),
        (PermissionError(13, "Permission denied", "/results"), "error: /results: Permission denied;"),
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
def test_a_disk_that_is_full_for_the_log_too_ends_without_a_traceback(tmp_path: Path) -> None:
    """Both streams are full, as a rule's log is; what Python would say of it goes to a descriptor of its own."""
    script = tmp_path / "it.py"
    script.write_text(
        "from study.errors import program\n@program\ndef main():\n    print('a line', flush=True)\nmain()\n",
        encoding="utf-8",
    )
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, str(script)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(CODE)},
        )
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr
    assert "No space left on device" in ended.stderr
