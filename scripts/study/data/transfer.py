"""Transferring one file from one address, continuing an earlier transfer and watching the speed.

Requests asks and urllib3 reads, since it returns whatever has arrived. Downloaders that read whole chunks, as pooch's
does, notice nothing while a chunk trickles in, and request no ranges.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import requests
import urllib3

CHUNK_BYTES = 1 << 16
PAGE_STARTS = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class Expected:
    """The properties that a file must have."""

    filename: str
    checksum: str
    """``sha256:`` or ``md5:`` and the digest in hexadecimal."""
    size: int | None
    """Bytes, if known."""

    def __str__(self) -> str:
        size = "" if self.size is None else f"{self.size} bytes with "
        return f"{size}{self.checksum}"

    def fault(self, path: Path) -> str | None:
        """Return what is wrong with a file, or None if it is the expected one."""
        size = path.stat().st_size
        with open(path, "rb") as file:
            if is_page(file.read(512)):
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

    timeout: float = 15.0
    """Seconds without a byte or a connection after which an attempt ends; with ``report``, at most 30, the longest that
    a person should wait for news."""
    attempts: int = 2
    """Attempts per address; only network errors and busy servers are retried."""
    pause: float = 2.0
    """Seconds between attempts."""
    least_speed: float = 10_000.0
    """Bytes per second below which an address is given up: CIFAR-10 would take five hours."""
    window: float = 60.0
    """Seconds over which the speed is measured: short stalls are normal."""
    report: float = 15.0
    """Seconds between progress lines."""


class Fault(Exception):
    """A transfer that ended without the file; ``str`` says why."""

    def __init__(self, words: str, may_pass: bool = False) -> None:
        super().__init__(words)
        self.may_pass = may_pass
        """Whether another attempt at the same address makes sense."""


class Meter:
    """Watches the progress of a transfer, and reports it."""

    def __init__(
        self, expected: Expected, patience: Patience, start: int, say: Callable[[str], None], now: float
    ) -> None:
        self.expected = expected
        self.patience = patience
        self.say = say
        self.window = (now, start)
        self.reported = (now, start)

    def update(self, now: float, size: int) -> None:
        """Note that the file has ``size`` bytes at ``now``, in seconds; raise Fault if it is too slow."""
        seconds, received = now - self.window[0], size - self.window[1]
        if seconds >= self.patience.window:
            if received < self.patience.least_speed * seconds:
                raise Fault(
                    f"slower than {self.patience.least_speed / 1000:g} kB/s: "
                    f"{received} bytes within {seconds:.0f} seconds"
                )
            self.window = (now, size)
        seconds, received = now - self.reported[0], size - self.reported[1]
        if seconds >= self.patience.report:
            of = "" if self.expected.size is None else f" of {self.expected.size / 1e6:.1f}"
            self.say(f"{self.expected.filename}: {size / 1e6:.1f}{of} MB, {received / seconds / 1000:.1f} kB/s")
            self.reported = (now, size)


def transfer(
    url: str,
    expected: Expected,
    target: Path,
    patience: Patience,
    say: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> bool:
    """Fetch a file to ``target``, which may have its beginning; return whether it continued from there.

    ``say`` gets the progress, and ``clock`` returns seconds. Raises Fault if the transfer does not finish; whatever
    arrived is kept, and whether it is the expected file is not checked.
    """
    start = target.stat().st_size if target.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    try:
        with requests.get(url, headers=headers, timeout=patience.timeout, stream=True) as response:
            if start and response.status_code == requests.codes.requested_range_not_satisfiable:
                target.unlink()
                raise Fault("has fewer bytes than are here already", may_pass=True)
            response.raise_for_status()
            goes_on = response.status_code == requests.codes.partial_content
            if goes_on and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                raise Fault(f"sends a different part than requested ({response.headers.get('Content-Range')})")
            first: bytes = response.raw.read1(CHUNK_BYTES)
            if start and is_page(first):  # a page is no reason to give up what is here already
                raise Fault(f"an HTML page of {response.headers.get('Content-Length', '?')} bytes, not the file")
            with open(target, "ab" if goes_on else "wb") as file:
                meter = Meter(expected, patience, file.tell(), say, clock())
                _read(response.raw, first, file, lambda size: meter.update(clock(), size))
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        received = target.stat().st_size if target.exists() else 0
        raise Fault(describe_failure(error, patience.timeout, received), _may_pass(error)) from error
    return bool(start) and goes_on


def _read(source: urllib3.BaseHTTPResponse, data: bytes, file: BinaryIO, on_data: Callable[[int], None]) -> None:
    while data:
        file.write(data)
        file.flush()  # so that a kill loses nothing
        on_data(file.tell())
        data = source.read1(CHUNK_BYTES)


def is_page(data: bytes) -> bool:
    """Return whether a file that begins like this is an HTML page."""
    return data.lstrip().lower().startswith(PAGE_STARTS)


def _may_pass(error: Exception) -> bool:
    if any(isinstance(cause, (requests.exceptions.SSLError, urllib3.exceptions.SSLError)) for cause in _causes(error)):
        return False
    if isinstance(error, requests.RequestException) and error.response is not None:
        return error.response.status_code >= 500
    return isinstance(error, (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError))


def describe_failure(error: Exception, timeout: float, received: int = 0) -> str:
    """Return a few words on a failed transfer of which ``received`` bytes have arrived."""
    if isinstance(error, requests.RequestException) and error.response is not None:
        return f"HTTP {error.response.status_code}"
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, urllib3.exceptions.IncompleteRead):
            return f"received {received} of {received + cause.args[1]} bytes"
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"no answer within {timeout:g} seconds"
    reason = getattr(causes[-1], "strerror", None) or str(causes[-1])
    if isinstance(error, requests.exceptions.SSLError):
        return f"the server's certificate is not trusted ({reason})"
    return f"no transfer ({reason})"


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and its causes, the first cause last."""
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    return causes
