"""Which process: an identity that another container, another host and another boot cannot be taken for."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
_TOKEN = re.compile(r"([0-9a-f]*)_([0-9]*)_([0-9]+)_([0-9]+)")


@dataclass(frozen=True)
class Process:
    """A process; numbers are used again, after a while, after a boot, and in every PID namespace."""

    host: str
    boot: str
    """The kernel's boot id; empty where it is not to be had."""
    namespace: str
    """Inode number of the PID namespace, which containers have of their own; empty where it is not to be had."""
    number: int
    """In that namespace."""
    started: int
    """When it started, in the kernel's clock ticks since the boot; 0 where it is not to be had."""

    @property
    def token(self) -> str:
        """The identity as a part of a file name."""
        return f"{self.boot.replace('-', '')}_{self.namespace}_{self.number}_{self.started}"

    def is_alive(self) -> bool | None:
        """Whether it runs; None where that cannot be told from here, as of another host or PID namespace."""
        here = this_process()
        if not (here.boot and here.namespace) or (self.boot, self.namespace) != (here.boot, here.namespace):
            return None
        try:
            os.kill(self.number, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # another user's, and alive
        if _own_number() != os.getpid():
            return None  # /proc is that of another namespace
        found = _state_and_start(str(self.number))
        # Another user's may be hidden (hidepid).
        return found is None or (found[0] not in ("Z", "X") and found[1] == self.started)


def this_process() -> Process:
    """The process that asks."""
    found = _state_and_start("self")
    return Process(platform.node(), _boot(), _namespace(), os.getpid(), found[1] if found else 0)


def process_of(token: str) -> Process | None:
    """The process that a ``token`` at the beginning of a text stands for; None if there is none."""
    match = _TOKEN.match(token)
    if match is None:
        return None
    boot, namespace, number, started = match.groups()
    dashed = "-".join((boot[:8], boot[8:12], boot[12:16], boot[16:20], boot[20:])) if boot else ""
    return Process("", dashed, namespace, int(number), int(started))


def _boot() -> str:
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return "".join(re.findall(r"\d+", os.readlink("/proc/self/ns/pid")))
    except OSError:
        return ""


def _own_number() -> int | None:
    """This process's number in the namespace that /proc belongs to."""
    try:
        return int(os.readlink("/proc/self"))
    except (OSError, ValueError):
        return None


def _state_and_start(process: str) -> tuple[str, int] | None:
    """State and start (fields 3 and 22 of /proc/PID/stat); None where they cannot be read."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])
