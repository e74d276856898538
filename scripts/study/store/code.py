"""What each code digest of a store stands for, so that a later change can be told by its files."""

import json
from pathlib import Path

from study.store.files import write_text
from study.store.lineage import code_digest, code_files

FOLDER = "code"


def record_code(store: Path, program: Path, **chosen: str) -> None:
    """Note the files that a program with its choices consists of: ``code/DIGEST.json``, digests by path."""
    path = store / FOLDER / f"{code_digest(program, **chosen)}.json"
    if not path.exists():
        write_text(path, json.dumps(dict(code_files(program, **chosen)), indent=2) + "\n")


def recorded_code(store: Path, code: str) -> dict[str, str] | None:
    """Digests by path of the files that a code digest stands for; None if no program left a note of it."""
    try:
        files: dict[str, str] = json.loads((store / FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return files
