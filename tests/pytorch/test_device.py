import os
import subprocess
import sys

import pytest

from support.paths import ROOT

PROGRAM = """
import os, sys
cpus, wanted = (int(number) for number in sys.argv[1:])
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cpus])
from study.backends.pytorch.device import set_up
set_up(wanted, "float32")
import torch
def team():
    '''Threads that really compute.'''
    before = len(os.listdir("/proc/self/task"))
    torch.nn.functional.conv2d(torch.randn(8, 8, 64, 64), torch.randn(8, 8, 3, 3))
    return len(os.listdir("/proc/self/task")) - before + 1
print(torch.get_num_threads(), team())
"""
CPUS = len(os.sched_getaffinity(0))


def pools(cpus: int, wanted: int) -> list[int]:
    """Sizes of the framework's thread pools in a process that may run on so many CPUs and asks for so many threads."""
    arguments = [sys.executable, "-c", PROGRAM, str(cpus), str(wanted)]
    # What a user's account may set does not count.
    environment = os.environ | {"PYTHONPATH": f"{ROOT}/scripts", "OMP_NUM_THREADS": "7", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return [int(size) for size in subprocess.check_output(arguments, env=environment, text=True).split()]


@pytest.mark.parametrize(("cpus", "wanted"), [(1, 4), (CPUS, 1), (CPUS, 100)])
def test_thread_pools_have_the_threads_that_are_wanted_but_no_more_than_there_are_cpus(cpus: int, wanted: int) -> None:
    assert set(pools(cpus, wanted)) == {min(cpus, wanted)}
