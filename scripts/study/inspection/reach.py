"""Whether a download is possible, without making it."""

from pathlib import Path

import requests

from study.data.transfer import describe_failure
from study.recipe.data import Download

TIMEOUT = 10.0
"""Seconds without an answer after which an address counts as unreachable."""


def unreachable(download: Download) -> str | None:
    """Return why a download would fail, as far as its beginning shows; None if it can begin."""
    if download.file is not None:
        return _local_fault(Path(download.file), download.size)
    faults = [f"{url}: {fault}" for url in download.urls if (fault := _fault(url, download.size)) is not None]
    return "; ".join(faults) if len(faults) == len(download.urls) else None


def _local_fault(file: Path, size: int | None) -> str | None:
    if not file.is_file():
        return f"{file} does not exist"
    found = file.stat().st_size
    return f"{file} has {found} bytes, not {size}" if size not in (None, found) else None


def _fault(url: str, size: int | None) -> str | None:
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT) as answer:
            answer.raise_for_status()
            offered = answer.headers.get("Content-Length")
    except requests.RequestException as error:
        return describe_failure(error, TIMEOUT)
    if size is None or offered is None or int(offered) == size:
        return None
    return f"offers {offered} bytes, not {size}"
