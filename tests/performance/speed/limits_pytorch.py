"""The best that PyTorch reaches on this machine in each precision, and in moving memory."""

import time
from collections.abc import Callable

import torch
from torch import Tensor

from performance.speed.limits import (
    CHANNELS,
    CONVOLUTION_FLOPS,
    COPIED_BYTES,
    IMAGES,
    PIXELS,
    PRECISIONS,
    PRODUCT,
    PRODUCT_FLOPS,
)
from performance.speed.sides import Call, Side, Task, Timed


def prepare(call: Call) -> Side:
    """A product and a convolution per precision, and a copy."""
    torch.backends.cudnn.allow_tf32 = False
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    def task(work: float, make: Callable[[], Callable[[], object]]) -> Task:
        """The fastest of some repeats of what ``make`` gives, which is called when it is needed first."""

        @torch.inference_mode()
        def run(repeats: int) -> Timed:
            once, seconds = make(), []
            for _ in range(repeats + 1):
                began = time.perf_counter()
                once()
                if device.type == "cuda":
                    torch.cuda.synchronize()
                seconds.append(time.perf_counter() - began)
            return Timed(work, min(seconds[1:]))

        return run

    def product(kind: torch.dtype) -> Callable[[], Tensor]:
        one, other, out = (torch.rand(PRODUCT, PRODUCT, device=device).to(kind) for _ in range(3))
        return lambda: torch.mm(one, other, out=out)

    def convolution(kind: torch.dtype) -> Callable[[], Tensor]:
        layer = torch.nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1).to(device, kind, memory_format=torch.channels_last)
        images = torch.rand(IMAGES, CHANNELS, PIXELS, PIXELS, device=device)
        images = images.to(kind).to(memory_format=torch.channels_last)
        return lambda: layer(images)

    def copy() -> Callable[[], Tensor]:
        source, target = (torch.ones(COPIED_BYTES, dtype=torch.uint8, device=device) for _ in range(2))
        return lambda: target.copy_(source)

    tasks = {"copy": task(2 * COPIED_BYTES, copy)}
    for precision in PRECISIONS:
        kind = getattr(torch, precision)
        tasks[f"product:{precision}"] = task(PRODUCT_FLOPS, lambda kind=kind: product(kind))
        tasks[f"convolution:{precision}"] = task(CONVOLUTION_FLOPS, lambda kind=kind: convolution(kind))
    return Side(tasks)
