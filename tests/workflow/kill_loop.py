"""Kill a training at random moments, over and over, and see whether it ends as if it had never been killed.

    PYTHONPATH=scripts:tests python tests/workflow/kill_loop.py pytorch --kills 100 --seed 0

Each round starts a training of a tiny arm anew and kills it (signal 9) at random moments until one attempt reaches the
end; parameters and history must then equal, to the bit, those of a training that was never killed, and nothing may be
left: no lease, no lock, no temporary file, no checkpoint, no process, no second copy of the bytes, and no copy at all
once the end was seen. Prints where the kills hit and how many rounds ended identical; exit code 1 if one did not.
"""

import argparse
import collections
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from study.runs.finished import RESTORED, forget
from support.stopping import TRAINERS, Training, same, training

SETTINGS = {
    "epochs": 6,
    "optimiser": {"name": "adam", "learning_rate": 2e-3},
    "schedule": {"name": "reduce_on_plateau", "factor": 0.5, "patience": 1, "min_delta": 0.2},
    "result": "best",
}


def main() -> None:
    """Parse arguments, run the loop, print what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("framework", choices=TRAINERS)
    parser.add_argument("--kills", type=int, default=100, help="stop after this many kills (default: 100)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments (default: 0)")
    arguments = parser.parse_args()
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        straight = training(arguments.framework, Path(folder) / "straight", **SETTINGS)
        began = time.monotonic()
        if straight.run().returncode:
            sys.exit("the training fails even when it is not killed")
        longest = time.monotonic() - began
        places: collections.Counter[str] = collections.Counter()
        rounds = identical = 0
        while places.total() < arguments.kills:
            hurt = straight.elsewhere(Path(folder) / "hurt")
            places += kill_until_done(hurt, moments, longest)
            rounds += 1
            identical += same(hurt.result(), straight.result())
            if left := left_behind(hurt):
                sys.exit(f"left behind: {', '.join(left)}")
            shutil.rmtree(hurt.store.parent)
            print(f"{places.total()} kills, {identical} of {rounds} rounds identical", flush=True)
    print(f"{arguments.framework}: {places.total()} kills: " + ", ".join(f"{n} {p}" for p, n in places.most_common()))
    print(f"{identical} of {rounds} rounds ended identical to a training that was never killed")
    sys.exit(0 if identical == rounds else 1)


def kill_until_done(hurt: Training, moments: random.Random, longest: float) -> collections.Counter[str]:
    """Start and kill a training until an attempt ends by itself; return where the kills hit."""
    places: collections.Counter[str] = collections.Counter()
    while True:
        lines = len(hurt.log.splitlines())
        process = hurt.start()
        # Half of the moments fall anywhere, half close to a saved epoch: starting takes most of the time.
        if moments.random() < 0.5:
            delay = moments.uniform(0, longest)
        else:
            wait_for_lines(hurt, process, lines + moments.randint(2, 4))
            delay = moments.uniform(0, 0.05)
        try:
            process.wait(timeout=delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        output, error = process.communicate()
        if process.returncode == 0:
            return places
        if process.returncode != -signal.SIGKILL:
            sys.exit(f"the training failed: {output}{error}")
        places[place(hurt, lines)] += 1


def wait_for_lines(hurt: Training, process: "subprocess.Popen[str]", number: int) -> None:
    """Wait until the training's log has so many lines or the process ends."""
    while len(hurt.log.splitlines()) < number and process.poll() is None:
        time.sleep(0.002)


def left_behind(hurt: Training) -> list[str]:
    """What should not be there after a training's end, and after Snakemake has seen that."""
    result = hurt.store / hurt.job.ref.folder
    copies = [path for path in (hurt.work / hurt.job.ref.folder).iterdir() if not path.samefile(result / path.name)]
    forget(hurt.store, hurt.job.ref)
    (hurt.work / RESTORED).unlink(missing_ok=True)  # Snakemake's output says it, and it goes
    files = [path for path in hurt.work.rglob("*") if path != hurt.work / "train.log"]
    files += hurt.store.rglob(".tmp-*")
    named = (f"process {process.pid}" for process in psutil.process_iter(["cmdline"]) if runs(process, hurt))
    return [*(str(path) for path in (*copies, *files)), *named]


def runs(process: psutil.Process, hurt: Training) -> bool:
    """Whether a process is one of a training's."""
    return str(hurt.store) in (process.info["cmdline"] or [])


def place(hurt: Training, lines: int) -> str:
    """Where a kill hit, told by what it left."""
    if list(hurt.work.glob(".tmp-*checkpoint*")):
        return "while saving a checkpoint"
    if list(hurt.work.glob("runs/*/.tmp-*")) or list(hurt.store.glob("runs/*/.tmp-*")):
        return "while writing the result"
    said = hurt.log.splitlines()[lines:]
    if not any("training images" in line for line in said):
        return "before training began"
    if any("complete after" in line for line in said):
        return "after the last epoch"
    return "while training" if any(line.startswith("epoch") for line in said) else "in an attempt's first epoch"


if __name__ == "__main__":
    main()
