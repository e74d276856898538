"""Is one arm as accurate in both frameworks, and in the fastest arithmetic? Trains it with many seeds in each way.

`python tests/performance/equivalence.py` compares the frameworks, with equal settings and with each framework's own;
with `--fast`, float32 and `precision: auto` in each framework, on images of 64 pixels. Both take some minutes.
Equal accuracy is shown by two one-sided tests (TOST; Schuirmann 1987) with Welch's t: both "lower by the margin or
more" and "higher by the margin or more" are rejected, so the 90 % interval of the difference lies inside the margin.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import numpy as np
from scipy.stats import ttest_ind

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from study.config.load import read_config, validate  # noqa: E402
from study.data.sources import read_dataset  # noqa: E402
from study.data.tensor_cache import TensorCache  # noqa: E402
from study.recipe.data import TensorSpec  # noqa: E402
from study.recipe.run import RunSpec  # noqa: E402
from study.training.instructions import fastest_on_cpu  # noqa: E402
from study.training.loop import Trainer, fit, start  # noqa: E402
from study.training.precision import settle  # noqa: E402

FRAMEWORKS = ("pytorch", "tensorflow")
MARGIN, FAST_MARGIN = 0.01, 0.02
"""Accuracy as a fraction: between frameworks, where a smaller difference would change no conclusion that a study of
this kind draws; and between precisions."""
FAST_SIZE = 64
"""Pixels."""
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


@dataclass(frozen=True)
class Case:
    """One way of training the arm."""

    framework: str
    defaults: str = "native"
    precision: str = "float32"
    size: int | None = None
    """Pixels of the input; None leaves the images as they are."""


def equivalence(one: Sequence[float], other: Sequence[float], margin: float) -> float:
    """The larger p-value of the two one-sided tests that the means differ by the margin or more."""
    below = ttest_ind(np.add(one, margin), other, equal_var=False, alternative="greater").pvalue
    above = ttest_ind(np.subtract(one, margin), other, equal_var=False, alternative="less").pvalue
    return float(max(below, above))


def run_spec(case: Case, epochs: int, seed: int) -> RunSpec:
    """A small network on scikit-learn's digits, with the demo's other settings."""
    config = read_config([ROOT / "config" / "demo.yaml"])
    settings: dict[str, Any] = config["arms"]["scratch_pytorch"]
    changes = {"network": "small", "epochs": epochs, "monitor": "none"}
    own = {key: getattr(case, key) for key in ("framework", "defaults", "precision")}
    config["networks"] = {"small": NETWORK}
    config["arms"] = {"arm": settings | changes | own}
    if case.size:
        config["arms"]["arm"]["input"] = settings["input"] | {"size": case.size}
    config["study"]["arms"] = ["arm"]
    return validate(config).run_spec("arm", seed)


def train(case: Case, epochs: int, seeds: int) -> Outcomes:
    """Train once per seed; imports the framework."""
    data = read_dataset(TensorSpec(source="digits", part="main"), None)
    cache = TensorCache(data.train, data.test, {"store": "native"})
    found: Outcomes = {"test accuracy": [], "first epoch's training loss": []}
    for seed in range(seeds):
        spec = settle(run_spec(case, epochs, seed), {}, fastest_on_cpu)
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

        from study.backends.pytorch.data import DeviceData
        from study.backends.pytorch.trainer import PytorchTrainer
        from study.backends.pytorch.weights import initial_network

        return PytorchTrainer(spec, initial_network(spec, None), DeviceData(spec.input, cache, torch.device("cpu")))
    from study.backends.tensorflow import data, device, trainer, weights

    device.set_precision(spec.precision)
    return trainer.TensorflowTrainer(spec, weights.initial_network(spec, None), data.DeviceData(spec.input, cache))


def measure(case: Case, epochs: int, seeds: int) -> Outcomes:
    """``train`` in a process of its own: none imports both frameworks."""
    given = json.dumps(asdict(case))
    command = [sys.executable, __file__, "--only", given, "--epochs", str(epochs), "--seeds", str(seeds)]
    environment = {**os.environ, **ONE_THREAD}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: Outcomes = json.loads(finished.stdout.splitlines()[-1])
    return found


def compare(cases: Mapping[str, Case], margin: float, epochs: int, seeds: int) -> None:
    """Print what two ways give, and whether they are shown to be equal."""
    one, other = (measure(case, epochs, seeds) for case in cases.values())
    for quantity in one:
        values = one[quantity], other[quantity]
        spreads = [f"{name} {mean(v):.4f} +- {stdev(v):.4f}" for name, v in zip(cases, values, strict=True)]
        differ = ttest_ind(*values, equal_var=False).pvalue
        print(f"  {quantity}: {', '.join(spreads)}; they differ: p = {differ:.2g}")
    values = one["test accuracy"], other["test accuracy"]
    low, high = ttest_ind(*values, equal_var=False).confidence_interval(1 - 2 * LEVEL)
    p = equivalence(*values, margin)
    shown = "shown" if p < LEVEL else "not shown"
    print(
        f"  equal test accuracy within {margin}: {shown} (p = {p:.2g}; 90 % interval of the difference "
        f"{low:+.4f} to {high:+.4f})",
        flush=True,
    )


def main() -> None:
    """Print outcomes and tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--fast", action="store_true", help="compare float32 with `precision: auto`")
    parser.add_argument("--only", metavar="CASE", help="print one way's outcomes as JSON")
    arguments = parser.parse_args()
    amount = (arguments.epochs, arguments.seeds)
    if arguments.only:
        print(json.dumps(train(Case(**json.loads(arguments.only)), *amount)))
        return
    print(f"{arguments.seeds} seeds, {arguments.epochs} epochs")
    if arguments.fast:
        for framework in FRAMEWORKS:
            print(f"{framework}; auto is {fastest_on_cpu()}")
            ways = {name: Case(framework, precision=name, size=FAST_SIZE) for name in ("float32", "auto")}
            compare(ways, FAST_MARGIN, *amount)
        return
    for defaults in ("pytorch", "keras", "native"):
        print(f"defaults: {defaults}")
        compare({framework: Case(framework, defaults) for framework in FRAMEWORKS}, MARGIN, *amount)


if __name__ == "__main__":
    main()
