"""A run's images or their features, and labels, as PyTorch takes them."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from study.backends.pytorch.inputs import Preparation
from study.data.splits import Indices, Split
from study.data.tensor_cache import TensorCache, read_rows
from study.recipe.data import InputSpec
from study.training.augmentation import NO_DRAWS, Draws


class DeviceData:
    """Batches of prepared images, or of features, with labels on a device.

    Images of a native cache go to the device once, in 8 bits; resized images and features stay on disk and are read
    batch by batch.
    """

    def __init__(
        self, spec: InputSpec, cache: TensorCache, device: torch.device, kind: torch.dtype = torch.float32
    ) -> None:
        self.device = device
        self.stored = {"train": cache.train.images, "test": cache.test.images}
        self.resident: dict[str, Tensor] = {}
        if cache.manifest["store"] == "native":
            self.resident = {
                split: torch.from_numpy(np.array(images)).to(device) for split, images in self.stored.items()
            }
        self.labels = {
            "train": torch.from_numpy(np.array(cache.train.labels)).to(device),
            "test": torch.from_numpy(np.array(cache.test.labels)).to(device),
        }
        if cache.holds_features:
            self.prepare: Callable[[Tensor], Tensor] = _reader(cache.manifest["dtype"])
        else:
            self.prepare = Preparation(spec, cache.train.images.shape[1], device, kind)

    def batch(self, split: Split, indices: Indices, draws: Draws = NO_DRAWS) -> tuple[Tensor, Tensor]:
        """Return prepared images [N, 3, S, S], or features as the frozen part computed them, and labels, int64 [N].

        Stored images are changed as ``draws`` says.
        """
        chosen = torch.from_numpy(indices).to(self.device)
        if self.resident:
            images = self.resident[split][chosen]
        else:
            images = torch.from_numpy(read_rows(self.stored[split], indices)).to(self.device)
        if "mirrored" in draws:
            turned = torch.from_numpy(draws["mirrored"]).to(self.device).view(-1, 1, 1, 1)
            images = torch.where(turned, images.flip(2), images)
        return self.prepare(images), self.labels[split][chosen]


def _reader(dtype: str) -> Callable[[Tensor], Tensor]:
    """Return a function that restores stored features: NumPy has no bfloat16, and channels are stored last."""

    def read(stored: Tensor) -> Tensor:
        values = stored.view(torch.bfloat16) if dtype == "bfloat16" else stored
        return values.permute(0, 3, 1, 2) if values.dim() == 4 else values

    return read
