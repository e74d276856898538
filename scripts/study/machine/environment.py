"""The environment of the study's programs: nothing in a user's account affects their results."""

from collections.abc import MutableMapping
from pathlib import Path

from study.machine.caches import cache_variables

REMOVED = (
    # the frameworks and the libraries they compute with
    *("TF_", "XLA_", "KERAS_", "TORCH", "PYTORCH_", "ATEN_", "TRITON_", "CUBLAS", "CUDNN_", "NVIDIA_TF32_OVERRIDE"),
    # arithmetic and threads on CPUs, which the configuration sets
    *("DNNL_", "ONEDNN_", "MKL_", "OMP_", "KMP_", "GOMP_", "OPENBLAS_", "GOTO_", "BLIS_", "NUMEXPR_", "NPY_"),
    # which modules Python finds, and how it runs them
    "PYTHON",
    # matplotlib
    *("MATPLOTLIBRC", "MPLBACKEND"),
)
"""Prefixes of variables that can change a result."""

KEPT = (
    *("TF_CPP_MIN_LOG_LEVEL", "TF_GPU_ALLOCATOR", "PYTORCH_ALLOC_CONF", "PYTORCH_CUDA_ALLOC_CONF"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED", "PYTHONFAULTHANDLER"),
)
"""Variables with such a prefix that cannot: they control messages, memory and where compiled modules are kept."""


def isolate_environment(environment: MutableMapping[str, str], results: Path) -> None:
    """Remove whatever can change a result from an environment, and put library caches into a results folder.

    Packages come only from the interpreter's own environment: neither from PYTHONPATH nor from the user's site folder.
    """
    for name in [name for name in environment if name.startswith(REMOVED) and name not in KEPT]:
        del environment[name]
    environment.update(cache_variables(results))
    environment.update({"PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "KERAS_BACKEND": "tensorflow", "MPLBACKEND": "agg"})
