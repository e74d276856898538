"""Class scores in inference mode."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from study.backends.pytorch.connect import connect
from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.device import computing_device
from study.backends.pytorch.network import Network
from study.backends.pytorch.weights import trained_network
from study.data.splits import SCORING_BATCH, Indices, Split
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def make_scorer(spec: RunSpec, cache: TensorCache, parameters: Path) -> Callable[[Split], npt.NDArray[np.float32]]:
    """Return a function for the logits of all images of a split, by a run's network with the parameters in a file."""
    device = computing_device()
    network = trained_network(spec, parameters).to(device)
    data = connect(network, spec, cache, device)
    return lambda split: all_scores(network, data, split)


@torch.inference_mode()
def class_scores(network: Network, data: DeviceData, split: Split, indices: Indices) -> Tensor:
    """Return the logits of images in inference mode, float32 [images, classes], on the device."""
    network.eval()
    starts = range(0, len(indices), SCORING_BATCH)
    return torch.cat([network(data.batch(split, indices[s : s + SCORING_BATCH])[0]) for s in starts])


def all_scores(network: Network, data: DeviceData, split: Split) -> npt.NDArray[np.float32]:
    """Return the logits of all images of a split, float32 [images, classes]."""
    return class_scores(network, data, split, np.arange(len(data.labels[split]))).float().cpu().numpy()
