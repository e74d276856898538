"""Features from the frozen part of a PyTorch network."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from study.backends.pytorch.cut import cut
from study.backends.pytorch.data import DeviceData
from study.backends.pytorch.device import computing_device
from study.backends.pytorch.weights import initial_network
from study.data.feature_cache import Extractor
from study.data.splits import Indices, Split
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec


def make_extractor(spec: RunSpec, cache: TensorCache, weights: Path | None) -> Extractor:
    """Return the frozen part of a run's network; ``weights`` is the file that the run's settings ask for."""
    device = computing_device()
    network = initial_network(spec, weights).to(device).eval()
    data = DeviceData(spec.input, cache, device, network.body_dtype)
    frozen = cut(network).frozen

    @torch.inference_mode()
    def features(split: Split, indices: Indices) -> torch.Tensor:
        images, _ = data.batch(split, indices)
        with network.autocast(device):
            values: torch.Tensor = frozen(images.to(network.body_dtype))
        # Feature maps are stored channels last, as they are in memory.
        return (values.permute(0, 2, 3, 1) if values.dim() == 4 else values).cpu().contiguous()

    def compute(split: Split, indices: Indices) -> npt.NDArray[Any]:
        values = features(split, indices)
        array: npt.NDArray[Any] = (values.view(torch.uint16) if values.dtype == torch.bfloat16 else values).numpy()
        return array

    kind = str(features("test", np.arange(1)).dtype).removeprefix("torch.")
    return Extractor(compute, kind, spec.precision)
