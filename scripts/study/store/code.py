"""The files behind each code digest in a store, so that a later change can be traced to files."""

import json
from pathlib import Path

from study.store.files import write_text
from study.store.lineage import code_digest, code_files

FOLDER = "code"


def record_code(store: Path, program: Path, **chosen: str) -> None:
    """Record the files that make up a program with its choices: ``code/DIGEST.json``, digests by path."""
    path = store / FOLDER / f"{code_digest(program, **chosen)}.json"
    if not path.exists():
        write_text(path, json.dumps(dict(code_files(program, **chosen)), indent=2) + "\n")


def recorded_code(store: Path, code: str) -> dict[str, str] | None:
    """Return the file digests by path behind a code digest; None if no program recorded it."""
    try:
        files: dict[str, str] = json.loads((store / FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return files
