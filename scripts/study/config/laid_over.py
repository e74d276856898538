"""Which configuration file a key comes from when several files are merged."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from study.config.strict_yaml import read_strictly

SHOWN = 3
"""Number of keys of a file that a message names; the others are counted."""


def joined_block(path: Sequence[str], block: Mapping[str, Any], files: Sequence[Path]) -> str:
    """Return a note on a block whose keys come from several files; empty if they come from one.

    ``files`` are in the order in which they were merged.
    """
    contents = {file: _block(read_strictly(file), path) for file in files}
    given: dict[str, list[str]] = {}
    for key in block:
        holders = [_shown(file) for file, found in contents.items() if key in found]
        given.setdefault(holders[-1] if holders else "the command line", []).append(key)
    if len(given) < 2:
        return ""
    each = " and ".join(f"{_some(keys)} from {holder}" for holder, keys in given.items())
    return f"; this block has {each}, as files are joined key by key: write it in one file, or under another name"


def _block(content: Any, path: Sequence[str]) -> Mapping[str, Any]:
    """Return the keys and values of a file at a path."""
    for key in path:
        content = content.get(key) if isinstance(content, Mapping) else None
    return content if isinstance(content, Mapping) else {}


def _shown(file: Path) -> str:
    place = file.absolute()
    return str(place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place)


def _some(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    return ", ".join(f"'{key}'" for key in keys[:SHOWN]) + more
