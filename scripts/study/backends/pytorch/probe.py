"""One convolution in PyTorch."""

from typing import Any

import numpy.typing as npt
import torch

from study.backends.pytorch.device import computing_device
from study.machine.probe import CHANNELS, FILTERS, IMAGES, KERNEL, SIZE, convolution_failed


def convolve() -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return its results, and the gradient of their sum by the weights; raise StudyError if it fails."""
    device = computing_device()
    images = torch.ones(IMAGES, CHANNELS, SIZE, SIZE, device=device)
    weights = torch.ones(FILTERS, CHANNELS, KERNEL, KERNEL, device=device, requires_grad=True)
    try:
        scores = torch.nn.functional.conv2d(images, weights)
        (gradient,) = torch.autograd.grad(scores.sum(), weights)
        return scores.detach().cpu().numpy(), gradient.cpu().numpy()
    except RuntimeError as error:
        raise convolution_failed(error) from error
