"""Is one arm as accurate in both frameworks? Trains it with equal settings and with each framework's own, many seeds.

Equal accuracy is shown by two one-sided tests (TOST; Schuirmann 1987) with Welch's t: both "lower by the margin or
more" and "higher by the margin or more" are rejected. `python tests/performance/equivalence.py` takes some minutes.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from scipy.stats import ttest_ind

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from study.datasets.sources import read_dataset  # noqa: E402
from study.spec.data import TensorSpec  # noqa: E402
from study.spec.load import read_config, validate  # noqa: E402
from study.spec.training import RunSpec  # noqa: E402
from study.tensors.cache import TensorCache  # noqa: E402
from study.training.loop import Trainer, fit, start  # noqa: E402

FRAMEWORKS = ("pytorch", "tensorflow")
MARGIN = 0.01
"""Accuracy as a fraction; a smaller difference would change no conclusion that a study of this kind draws."""
NETWORK = {
    "layers": [
        {"type": "conv", "filters": 8, "kernel": 5, "stride": 2, "padding": 2},
        {"type": "max_pool", "size": 3, "stride": 2},
        {"type": "conv", "filters": 16, "kernel": 3, "padding": "same"},
        {"type": "flatten"},
        {"type": "dense", "units": 64},
        {"type": "dropout", "rate": 0.5},
        {"type": "dense", "units": "classes", "activation": "none"},
    ]
}
LEVEL = 0.05
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
"""Small networks lose time to more."""

Outcomes = dict[str, list[float]]
"""By quantity, one value per seed."""


def equivalence(one: Sequence[float], other: Sequence[float], margin: float) -> float:
    """The larger p-value of the two one-sided tests that the means differ by the margin or more."""
    below = ttest_ind(np.add(one, margin), other, equal_var=False, alternative="greater").pvalue
    above = ttest_ind(np.subtract(one, margin), other, equal_var=False, alternative="less").pvalue
    return float(max(below, above))


def run_spec(framework: str, defaults: str, epochs: int, seed: int) -> RunSpec:
    """A small network on scikit-learn's digits, with the demo's other settings."""
    config = read_config([ROOT / "config" / "demo.yaml"])
    settings: dict[str, Any] = config["arms"]["scratch_pytorch"]
    changes = {"framework": framework, "network": "small", "defaults": defaults, "epochs": epochs, "monitor": "none"}
    config["networks"] = {"small": NETWORK}
    config["arms"] = {"arm": settings | changes}
    config["study"]["arms"] = ["arm"]
    return validate(config).run_spec("arm", seed)


def train(framework: str, defaults: str, epochs: int, seeds: int) -> Outcomes:
    """Train once per seed; imports the framework."""
    data = read_dataset(TensorSpec(source="digits", part="main"), None)
    cache = TensorCache(data.train, data.test, {"store": "native"})
    found: Outcomes = {"test accuracy": [], "first epoch's training loss": []}
    for seed in range(seeds):
        spec = run_spec(framework, defaults, epochs, seed)
        trainer = make_trainer(spec, cache)
        images = {"train": len(cache.train.labels), "test": len(cache.test.labels)}
        progress = fit(trainer, spec, images, start(spec), lambda _: None, lambda _: None)  # type: ignore[arg-type]
        found["test accuracy"].append(trainer.score("test", np.arange(images["test"])).accuracy)
        found["first epoch's training loss"].append(progress.history[0].train_loss)
    return found


def make_trainer(spec: RunSpec, cache: TensorCache) -> Trainer:
    """A trainer of the run's framework, on the CPU."""
    if spec.framework == "pytorch":
        import torch

        from study.pytorch.data import DeviceData
        from study.pytorch.trainer import PytorchTrainer
        from study.pytorch.weights import initial_network

        return PytorchTrainer(spec, initial_network(spec, None), DeviceData(spec.input, cache, torch.device("cpu")))
    from study.tensorflow import data, trainer, weights

    return trainer.TensorflowTrainer(spec, weights.initial_network(spec, None), data.DeviceData(spec.input, cache))


def measure(framework: str, defaults: str, epochs: int, seeds: int) -> Outcomes:
    """``train`` in a process of its own: none imports both frameworks."""
    command = [sys.executable, __file__, "--only", framework, defaults, "--epochs", str(epochs), "--seeds", str(seeds)]
    environment = {**os.environ, **ONE_THREAD}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: Outcomes = json.loads(finished.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print outcomes and tests, for equal settings and for each framework's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--only", nargs=2, metavar=("FRAMEWORK", "DEFAULTS"), help="print these outcomes as JSON")
    arguments = parser.parse_args()
    if arguments.only:
        print(json.dumps(train(*arguments.only, arguments.epochs, arguments.seeds)))
        return
    for defaults in ("pytorch", "keras", "native"):
        outcomes = [measure(framework, defaults, arguments.epochs, arguments.seeds) for framework in FRAMEWORKS]
        print(f"defaults: {defaults}; {arguments.seeds} seeds, {arguments.epochs} epochs")
        for quantity in outcomes[0]:
            one, other = (found[quantity] for found in outcomes)
            spreads = [f"{f} {mean(v):.4f} +- {stdev(v):.4f}" for f, v in zip(FRAMEWORKS, (one, other), strict=True)]
            differ = ttest_ind(one, other, equal_var=False).pvalue
            print(f"  {quantity}: {', '.join(spreads)}; they differ: p = {differ:.2g}")
        p = equivalence(*(found["test accuracy"] for found in outcomes), MARGIN)
        shown = "shown" if p < LEVEL else "not shown"
        print(f"  equal test accuracy within {MARGIN}: {shown} (p = {p:.2g})", flush=True)


if __name__ == "__main__":
    main()
