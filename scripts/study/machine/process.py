"""Identity of a process, unique across containers, hosts and boots."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
_TOKEN = re.compile(r"([0-9a-f]*)_([0-9]*)_([0-9]+)_([0-9]+)")


@dataclass(frozen=True)
class Process:
    """A process; numbers are reused over time, after a boot, and in every PID namespace."""

    host: str
    boot: str
    """The kernel's boot id; empty if unavailable."""
    namespace: str
    """Inode number of the PID namespace, of which each container has its own; empty if unavailable."""
    number: int
    """The process number in that namespace."""
    started: int
    """When it started, in the kernel's clock ticks since the boot; 0 if unavailable."""

    @property
    def token(self) -> str:
        """Return the identity as part of a file name."""
        return f"{self.boot.replace('-', '')}_{self.namespace}_{self.number}_{self.started}"

    def is_alive(self) -> bool | None:
        """Return whether it runs; None if that is unknown here, as for another host or PID namespace."""
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
            return None  # /proc belongs to another namespace
        found = _state_and_start(str(self.number))
        # Another user's process may be hidden (hidepid).
        return found is None or (found[0] not in ("Z", "X") and found[1] == self.started)


def this_process() -> Process:
    """Return the calling process."""
    found = _state_and_start("self")
    return Process(platform.node(), _boot(), _namespace(), os.getpid(), found[1] if found else 0)


def process_of(token: str) -> Process | None:
    """Return the process that a ``token`` at the beginning of a string stands for; None if there is none."""
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
    """Return this process's number in the namespace that /proc belongs to."""
    try:
        return int(os.readlink("/proc/self"))
    except (OSError, ValueError):
        return None


def _state_and_start(process: str) -> tuple[str, int] | None:
    """Return state and start (fields 3 and 22 of /proc/PID/stat); None if they cannot be read."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[19])
