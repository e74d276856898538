"""The device that PyTorch computes on, and its numeric settings."""

import torch

from study.devices import Device, usable_threads
from study.instructions import fastest_on_cpu, fastest_on_gpu
from study.memory import keep_freed_memory
from study.spec.training import Precision


def set_up(threads: int) -> torch.device:
    """Set the number of threads and full float32 precision, and return the device: a GPU if there is one."""
    keep_freed_memory()
    torch.set_num_threads(usable_threads(threads))
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def fastest_precision(device: torch.device) -> Precision:
    """The fastest arithmetic that a device has instructions for."""
    return fastest_on_cpu() if device.type == "cpu" else fastest_on_gpu(torch.cuda.get_device_capability(device))


def describe(device: torch.device) -> Device:
    """What a run record says of the device."""
    if device.type == "cuda":
        return Device("cuda", torch.cuda.get_device_name(device))
    return Device("cpu", torch.backends.cpu.get_cpu_capability())
