"""Where matplotlib keeps what it finds out about fonts."""

import os
from pathlib import Path


def keep_matplotlib_cache(results: Path) -> None:
    """Let matplotlib keep its cache in the results folder, for machines without a home; call before importing it."""
    cache = results.resolve() / "work" / "cache" / "matplotlib"
    cache.mkdir(parents=True, exist_ok=True)
    os.environ["MPLCONFIGDIR"] = str(cache)
