"""A trial of a framework on this machine."""

from importlib import import_module
from typing import cast

from study.backends.base import ProbeModule, load_device
from study.machine.devices import Device
from study.machine.gpu_choice import Selection
from study.machine.probe import ProbeCall, check_convolution


def probe(call: ProbeCall, selection: Selection) -> Device:
    """Compute a convolution on the device that a training would use; raise StudyError if it fails or is wrong."""
    device = load_device(call.framework)
    selection.check(device.why_no_gpu())
    device.set_up(call.threads, "float32")
    backend = cast(ProbeModule, import_module(f"study.backends.{call.framework}.probe"))
    check_convolution(*backend.convolve())
    return device.describe(selection.card)
