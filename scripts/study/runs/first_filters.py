"""The kernels of a network's first convolution, viewed as small colour images."""

import numpy as np
import numpy.typing as npt

from study.recipe.networks import LibraryNetwork
from study.recipe.run import RunSpec
from study.store.parameters import Arrays


def first_filters(spec: RunSpec, parameters: Arrays) -> npt.NDArray[np.float32]:
    """Return the filters, float32 [filters, height, width, 3], channels R, G, B; none if nothing convolves.

    ``parameters`` are those of a trained network, by name and in the order of its layers.
    """
    kernel = next((array for array in parameters.values() if array.ndim == 4), None)
    if kernel is None:
        return np.zeros((0, 1, 1, 3), np.float32)
    # Keras keeps [height, width, in, out], all others [out, in, height, width].
    of_keras = isinstance(spec.network, LibraryNetwork) and spec.network.library == "keras"
    filters = kernel.transpose((3, 0, 1, 2) if of_keras else (0, 2, 3, 1)).astype(np.float32)
    return np.ascontiguousarray(filters[..., ::-1] if spec.input.scaling == "caffe" else filters)
