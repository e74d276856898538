"""Parameters of PyTorch networks: from files, from other runs, and out to files."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from study.backends.pytorch.network import Network, build
from study.errors import StudyError
from study.recipe.initialisation import draw_parameters
from study.recipe.run import RunSpec
from study.store.parameters import Arrays, read_parameters
from study.training.randomness import derive_seed


def initial_network(spec: RunSpec, weights: Path | None) -> Network:
    """Return the run's network as its training begins; ``weights`` is the file that the run's settings ask for."""
    torch.manual_seed(derive_seed(spec.seed, "initialisation"))
    network = build(spec, read_state(weights) if weights and spec.weights == "file" else None)
    if spec.init != "native":
        load_parameters(network, draw_parameters(spec), head=True)
    if weights and spec.weights == "run":
        load_parameters(network, read_parameters(weights), head=False)
    return network


def trained_network(spec: RunSpec, parameters: Path) -> Network:
    """Return the run's network with the parameters that its training ended with."""
    network = build(spec)
    load_parameters(network, read_parameters(parameters), head=True)
    return network


def read_state(path: Path) -> dict[str, Tensor]:
    """Return the state dict in a file; nothing but tensors is read from it."""
    try:
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise StudyError(
            f"{path}: is not a PyTorch state dict ({' '.join(str(error).split())[:200]}); "
            "use another file under weights"
        ) from error
    return state


def export_parameters(network: Network) -> dict[str, npt.NDArray[np.generic]]:
    """Return all parameters and buffers by name.

    Names are ``<layer>.<parameter>``; those of a library network's head begin with ``head.``. Layouts are PyTorch's:
    convolutions [out, in, height, width], dense layers [out, in] with flattened images in channel, height, width order.
    """
    named = [*network.body.state_dict().items(), *network.head.state_dict(prefix=network.head_prefix).items()]
    return {name: tensor.detach().cpu().numpy() for name, tensor in named}


def load_parameters(network: Network, arrays: Arrays, head: bool) -> None:
    """Set all parameters, or all but the head's, to the values that ``export_parameters`` gave.

    Raises StudyError if a name is missing or a shape differs.
    """
    with torch.no_grad():
        targets = dict(network.body.state_dict())
        if head:
            targets |= network.head.state_dict(prefix=network.head_prefix)
        for name, target in targets.items():
            if name not in arrays:
                raise StudyError(f"the weights have no '{name}', which the network needs")
            if arrays[name].shape != tuple(target.shape):
                raise StudyError(
                    f"the weights' '{name}' has shape {arrays[name].shape}; the network needs {tuple(target.shape)}"
                )
            target.copy_(torch.from_numpy(np.array(arrays[name])))
