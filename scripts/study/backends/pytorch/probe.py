"""One convolution in PyTorch."""

import torch

from study.backends.pytorch.device import describe, set_up, why_no_gpu
from study.machine.devices import Device
from study.machine.gpu_choice import Selection
from study.machine.probe import CHANNELS, FILTERS, IMAGES, KERNEL, SIZE, check_convolution, convolution_failed


def probe(selection: Selection, threads: int) -> Device:
    """Compute it forward and backward on what a training would use; StudyError if that cannot be, or goes wrong."""
    selection.check(why_no_gpu())
    device = set_up(threads)
    images = torch.ones(IMAGES, CHANNELS, SIZE, SIZE, device=device)
    weights = torch.ones(FILTERS, CHANNELS, KERNEL, KERNEL, device=device, requires_grad=True)
    try:
        scores = torch.nn.functional.conv2d(images, weights)
        (gradient,) = torch.autograd.grad(scores.sum(), weights)
        check_convolution(scores.detach().cpu().numpy(), gradient.cpu().numpy())
    except RuntimeError as error:
        raise convolution_failed(error) from error
    return describe(device, selection.card)
