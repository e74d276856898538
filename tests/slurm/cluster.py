"""A real SLURM of one node with one pretended GPU, on this machine's loopback, for as long as the tests run.

`python tests/slurm/cluster.py [--install] [arguments of pytest]` starts it, runs the tests, and stops it. Only as
root and with CI set or --install; a SLURM that is here already is never touched. Elsewhere it says why it does not
run, with exit code 0.
"""

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

SETTINGS = Path("/etc/slurm")
"""Inside a job the variables that could name another place are gone."""
MARK = f"# Written by {Path(__file__).name}; of no use after its end.\n"
"""First line of its files in SETTINGS, which a killed run may leave behind."""
DAEMONS = ("slurmctld", "slurmd")
PACKAGES = ("slurm-wlm", "munge")
RUNNING = "STUDY_TEST_CLUSTER"
"""Environment variable by which the tests know that jobs go to this cluster and not to a real one."""
WAITING = "waiting"
"""A partition whose jobs wait until a test lets them start."""
LIMIT = 1200
"""Seconds after which the tests are ended: several times what two cores need."""
GRES = "Name=gpu File=/dev/null\n"
"""A device that does not exist: programs see CUDA_VISIBLE_DEVICES and find nothing behind it."""
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
# More than a small machine has, so that no study waits for another one's CPUs or memory.
NodeName={host} NodeAddr=127.0.0.1 CPUs=64 RealMemory=256000 Gres=gpu:1
SlurmdParameters=config_overrides
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE
PartitionName={waiting} Nodes={host} MaxTime=INFINITE State=DOWN
GresTypes=gpu
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=0
AuthType=auth/munge
# A requeued job starts again only when its credential has expired, after two minutes by default.
AuthInfo=cred_expire=5,socket={folder}/munge.socket
SlurmUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
AccountingStorageType=accounting_storage/none
# Without control groups, memory is watched: a job above what it asked for is killed.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
# Jobs stay known for an hour after their end: their record is what the tests read.
MinJobAge=3600
ReturnToService=2
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
"""


def reason_to_skip(may_install: bool) -> str | None:
    """Why no cluster is started here, or None."""
    if os.geteuid() != 0:
        return "only root can start a SLURM"
    if not may_install:
        return "it would install and start a SLURM; CI=1 or --install allows that"
    if has_slurm():
        return "this machine has a SLURM of its own"
    if not is_installed() and shutil.which("apt-get") is None:
        return "SLURM is not installed, and there is no apt-get to install it with"
    return None


def has_slurm() -> bool:
    """Whether this machine is part of a cluster, or a part of SLURM runs here."""
    settings = SETTINGS / "slurm.conf"
    configured = settings.exists() and not settings.read_text(encoding="utf-8").startswith(MARK)
    is_client_only = shutil.which("sinfo") is not None and not is_installed()
    return configured or is_client_only or "SLURM_CONF" in os.environ or any(map(is_running, DAEMONS))


def is_running(daemon: str) -> bool:
    """Whether a process of that name exists."""
    names = Path("/proc").glob("[0-9]*/comm")
    return any(name_of(path) == daemon for path in names)


def name_of(path: Path) -> str:
    """What a process's ``comm`` file says, or nothing if the process has ended."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def is_installed() -> bool:
    """Whether all daemons are here."""
    return all(shutil.which(program) for program in (*DAEMONS, "munged"))


def install() -> bool:
    """Install Debian's packages; False, with apt's own words on the screen, where that is not possible."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES])
    return all(
        subprocess.run(
            ["apt-get", "--quiet", "--option", "Acquire::Retries=3", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode
        == 0
        for command in commands
    )


@contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """Start a cluster that keeps its state in a folder, and stop it however the block ends."""
    host = platform.node().split(".")[0]
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o600)
    files = {"socket": "socket", "key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    munged = [f"--{option}={folder}/munge.{ending}" for option, ending in files.items()]
    with ExitStack() as started:
        configuration = CONFIGURATION.format(host=host, waiting=WAITING, folder=folder)
        SETTINGS.mkdir(exist_ok=True)
        for name, text in (("slurm.conf", configuration), ("gres.conf", GRES)):
            started.callback((SETTINGS / name).unlink)
            (SETTINGS / name).write_text(MARK + text, encoding="utf-8")
        started.enter_context(daemon(folder, "munged", "--foreground", "--force", *munged))
        wait_for("munged", lambda: (folder / "munge.socket").exists())
        for name in DAEMONS:
            started.enter_context(daemon(folder, name, "-D", "-f", str(SETTINGS / "slurm.conf")))
        wait_for("the node", lambda: "idle" in ask("sinfo", "--noheader", "--format=%T"))
        started.callback(end_jobs)
        yield


@contextmanager
def daemon(folder: Path, *command: str) -> Iterator[None]:
    """Run a daemon in the foreground of this process; it ends with this process, even if that is killed."""
    with (folder / f"{command[0]}.out").open("wb") as output:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=60)


def end_jobs() -> None:
    """Cancel what is left in the queue."""
    ask("scancel", "--full", "--user=root")
    wait_for("an empty queue", lambda: not ask("squeue", "--noheader"))


def ask(*command: str) -> str:
    """What a command of SLURM prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def wait_for(what: str, is_there: Callable[[], bool], seconds: float = 900) -> None:
    """Wait until something is true; TimeoutError if it does not become so."""
    end = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not there after {seconds:g} seconds")
        time.sleep(0.2)


def run_tests(command: list[str], environment: dict[str, str]) -> int:
    """Return the tests' exit code; 124 if they had to be ended. None of their processes goes on."""
    tests = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        return tests.wait(LIMIT)
    except subprocess.TimeoutExpired:
        print(f"error: the tests on SLURM took more than {LIMIT} seconds", file=sys.stderr)
        return 124
    finally:
        with suppress(ProcessLookupError):
            os.killpg(tests.pid, signal.SIGKILL)
        tests.wait()


def main() -> None:
    """Skip with the reason, or run the tests on a cluster; the exit code is theirs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="allow to install Debian's packages and to start them")
    arguments, for_pytest = parser.parse_known_args()
    reason = reason_to_skip(arguments.install or bool(os.environ.get("CI")))
    if reason is None and not is_installed() and not install():
        reason = f"apt-get cannot install {' and '.join(PACKAGES)} here"
    if reason:
        print(f"skipped: the tests on SLURM: {reason}")
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))  # so that the cluster is stopped
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))
    command = [sys.executable, "-m", "pytest", str(Path(__file__).parent), *for_pytest]
    with cluster(folder):
        code = run_tests(command, {**os.environ, RUNNING: str(folder)})
    if code:
        print(f"SLURM's logs: {folder}", file=sys.stderr)
        sys.exit(code)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
