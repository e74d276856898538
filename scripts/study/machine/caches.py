"""Where libraries keep their caches: with the results, since home directories may be small, shared or missing."""

from pathlib import Path


def cache_variables(results: Path) -> dict[str, str]:
    """Return the environment variables that put all library caches under ``work/cache`` of a results folder."""
    folder = results.resolve() / "work" / "cache"
    names = {
        "XDG_CACHE_HOME": ".",
        "MPLCONFIGDIR": "matplotlib",
        "TORCH_HOME": "torch",
        "KERAS_HOME": "keras",
        "CUDA_CACHE_PATH": "cuda",
        "TRITON_CACHE_DIR": "triton",
    }
    return {variable: str(folder / name) for variable, name in names.items()}
