"""Fetching files and verifying them before they get their final name."""

import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests
import urllib3

from study.errors import StudyError
from study.jobs import Job
from study.store.artefacts import SIDECAR, new_artefact
from study.store.files import TEMPORARY

CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class Expected:
    """What a file must be."""

    filename: str
    checksum: str
    """``sha256:`` or ``md5:`` and the digest in hexadecimal."""
    size: int | None
    """Bytes, where known."""

    def __str__(self) -> str:
        size = "" if self.size is None else f"{self.size} bytes with "
        return f"{size}{self.checksum}"

    def fault(self, path: Path) -> str | None:
        """What is wrong with a file, or None if it is the expected one."""
        size = path.stat().st_size
        with open(path, "rb") as file:
            if file.read(512).lstrip().lower().startswith((b"<!doctype html", b"<html")):
                return f"an HTML page of {size} bytes, not the file"
        if self.size is not None and size != self.size:
            return f"received {size} of {self.size} bytes"
        algorithm = self.checksum.partition(":")[0]
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, algorithm).hexdigest()
        return None if self.checksum == f"{algorithm}:{found}" else f"received {size} bytes with {algorithm}:{found}"


@dataclass(frozen=True)
class Patience:
    """How long to try one address."""

    timeout: float = 30.0
    """Seconds without a byte, or without a connection, after which an attempt ends."""
    attempts: int = 2
    """Attempts per address; only network errors and busy servers are tried again."""
    pause: float = 2.0
    """Seconds between attempts."""


def make_download(
    store: Path, job: Job, urls: Sequence[str], local: Path | None, patience: Patience = Patience()
) -> None:
    """Make the artefact of a job of kind ``downloads``: the verified file, from a local copy or else from ``urls``.

    The artefact is completed in a folder of this process and then moved into place, file before sidecar, so
    several processes can make the same artefact at once. StudyError if no source gives the expected file.
    """
    expected = Expected(**job.spec)
    final = store / job.ref.folder
    try:
        store.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=store) as own:
            with new_artefact(Path(own), job) as folder:
                target = folder / expected.filename
                if local is None:
                    download(expected, urls, target, patience)
                else:
                    take_local(expected, local, target)
            final.mkdir(parents=True, exist_ok=True)
            for name in (expected.filename, SIDECAR):
                os.replace(folder / name, final / name)
    except OSError as error:
        raise StudyError(f"{final}: {expected.filename} cannot be written there ({error.strerror or error})") from error


def take_local(expected: Expected, source: Path, target: Path) -> None:
    """Copy a file that is on this machine to ``target``; StudyError if it is not the expected one."""
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise StudyError(
            f"{source}: cannot be copied ({error.strerror}); "
            f"'file' must name a copy of {expected.filename} on this machine ({expected})"
        ) from error
    fault = expected.fault(target)
    if fault is not None:
        raise StudyError(f"{source}: is not {expected.filename}: expected {expected}, but {fault}")


def download(expected: Expected, urls: Sequence[str], target: Path, patience: Patience) -> None:
    """Fetch the expected file to ``target`` from the first address that gives it; StudyError if none does."""
    faults = []
    for url in urls:
        fault = _try_address(expected, url, target, patience)
        if fault is None:
            return
        faults.append(f"{url}: {fault}")
        print(f"download of {expected.filename}: {faults[-1]}", file=sys.stderr, flush=True)
    raise StudyError(
        f"{expected.filename}: could not be downloaded; expected {expected}; "
        f"{'; '.join(faults) or 'no address is given'}; "
        "to place it by hand, fetch it elsewhere and set 'file' beside its checksum in the configuration to its path"
    )


def _try_address(expected: Expected, url: str, target: Path, patience: Patience) -> str | None:
    """Fetch from one address; what went wrong at the last attempt, or None if the file is there."""
    fault = "never tried"
    for attempt in range(patience.attempts):
        if attempt:
            time.sleep(patience.pause)
        try:
            _fetch(url, target, patience.timeout)
            return expected.fault(target)
        except requests.RequestException as error:
            fault = describe_failure(error, patience.timeout)
            if not _may_pass(error):
                break
    return fault


def _fetch(url: str, target: Path, timeout: float) -> None:
    fetch = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=CHUNK_BYTES, timeout=timeout)
    fetch(url, str(target), None)


def _may_pass(error: requests.RequestException) -> bool:
    """Whether another attempt at the same address makes sense."""
    if isinstance(error, requests.exceptions.SSLError):
        return False
    if error.response is not None:
        return error.response.status_code >= 500
    return isinstance(error, (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError))


def describe_failure(error: requests.RequestException, timeout: float) -> str:
    """A few words on a failed transfer."""
    if error.response is not None:
        return f"HTTP {error.response.status_code}"
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, urllib3.exceptions.IncompleteRead):
            received, missing = cause.args
            return f"received {received} of {received + missing} bytes"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"no answer within {timeout:g} seconds"
    reason = getattr(causes[-1], "strerror", None) or str(causes[-1])
    if isinstance(error, requests.exceptions.SSLError):
        return f"the server's certificate is not trusted ({reason})"
    return f"no transfer ({reason})"


def _causes(error: BaseException) -> list[BaseException]:
    """An error and what led to it, the first cause last."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    return causes
