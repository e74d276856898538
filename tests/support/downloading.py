"""What tests of downloads share: the file that is expected, its job, and what a refused download says."""

import hashlib
from pathlib import Path

import pytest

from study.data.downloads import make_download
from study.data.transfer import Expected, Patience
from study.errors import StudyError
from study.store.artefacts import open_artefact
from study.store.jobs import Job
from support.file_server import CONTENT

EXPECTED = Expected("data.bin", "sha256:" + hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
QUICK = Patience(timeout=60.0, attempts=2, pause=0.0)
IMPATIENT = Patience(timeout=0.3, attempts=2, pause=0.0)
"""For a server that never answers: any other may need longer on a busy machine."""


def job(**changes):
    spec = {"filename": EXPECTED.filename, "checksum": EXPECTED.checksum, "size": EXPECTED.size}
    return Job("downloads", "data", {**spec, **changes}, "0" * 16)


def all_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def refusal(store: Path, urls=(), local=None, patience=QUICK, **changes) -> str:
    """The message with which a download is refused; nothing may be left of it."""
    with pytest.raises(StudyError) as caught:
        make_download(store, job(**changes), urls, local, patience)
    assert all_files(store) == []
    return str(caught.value)


def made(store: Path) -> bytes:
    return open_artefact(store, job().ref).file("data.bin").read_bytes()
