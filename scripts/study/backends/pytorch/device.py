"""The device that PyTorch computes on, and its numeric settings."""

import torch

from study.machine.devices import Device, processor_name, usable_threads
from study.machine.gpus import Card
from study.machine.memory import keep_freed_memory
from study.recipe.recipe import Precision
from study.training.instructions import fastest_on_cpu, fastest_on_gpu


def computing_device() -> torch.device:
    """Return the device to compute on: a GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def set_up(threads: int, precision: str) -> None:
    """Set the number of threads and full float32 precision; a network has the types of its own precision."""
    keep_freed_memory()
    torch.set_num_threads(usable_threads(threads))
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def fastest_precision() -> Precision:
    """Return the fastest arithmetic that the device has instructions for."""
    device = computing_device()
    return fastest_on_cpu() if device.type == "cpu" else fastest_on_gpu(torch.cuda.get_device_capability(device))


def why_no_gpu() -> str | None:
    """Return None if there is a GPU to compute on; otherwise why not, as PyTorch itself says."""
    if torch.cuda.is_available():
        return None
    try:
        torch.cuda.init()  # type: ignore[no-untyped-call]
    except (AssertionError, RuntimeError) as error:
        return f"torch {torch.__version__} cannot use one: {str(error).splitlines()[0].rstrip('.')}"
    return f"torch {torch.__version__} sees none"


def describe(card: Card | None) -> Device:
    """Return what a run record says about the device; ``card`` is what the machine says about it."""
    device = computing_device()
    if device.type == "cpu":
        return Device("cpu", processor_name())
    cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    return Device(
        kind="cuda",
        name=torch.cuda.get_device_name(device),
        memory=torch.cuda.get_device_properties(device).total_memory,
        driver=card.driver if card else None,
        cuda=torch.version.cuda,
        cudnn=None if cudnn is None else str(cudnn),
        tf32=torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32,
    )
