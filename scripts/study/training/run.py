"""One training from its job to its artefact, whatever the framework."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tqdm import tqdm

from study.devices import Device
from study.errors import StudyError
from study.jobs import Job
from study.networks.table import LayerRow
from study.spec.training import RunSpec
from study.store.artefacts import new_artefact, open_artefact
from study.store.files import write_text
from study.store.parameters import Parameters, write_parameters
from study.tensors.cache import TensorCache, read_cache
from study.tensors.splits import Split
from study.training.history import Epoch, write_history
from study.training.loop import Trainer, fit
from study.training.record import run_record


def read_inputs(store: Path, job: Job) -> tuple[RunSpec, TensorCache, Path | None]:
    """A run's specification, its images, and the file that its initial parameters come from."""
    spec = RunSpec.model_validate(job.spec)
    cache = read_cache(open_artefact(store, job.input("tensors")))
    if spec.weights == "file":
        download = open_artefact(store, job.input("downloads"))
        return spec, cache, download.file(download.spec["filename"])
    if spec.weights == "run":
        return spec, cache, open_artefact(store, job.input("runs")).file("model.npz")
    return spec, cache, None


def run_training(
    store: Path,
    job: Job,
    spec: RunSpec,
    cache: TensorCache,
    trainer: Trainer,
    layers: list[LayerRow],
    parameters: Callable[[], Parameters],
    device: Device,
    threads: int,
) -> None:
    """Train, and write model.npz, history.csv and run.json."""
    images: dict[Split, int] = {"train": len(cache.train.labels), "test": len(cache.test.labels)}
    print(f"{job.name}: {images['train']} training images, {device.name}, {threads} threads", flush=True)
    with new_artefact(store, job) as folder:
        with tqdm(unit=" images", leave=False, disable=not sys.stderr.isatty()) as bar:

            def report(epoch: Epoch) -> None:
                bar.clear()
                print(epoch.line(spec.epochs), flush=True)

            history = fit(trainer, spec, images, report, bar.update)
        record = run_record(spec, history, layers, device, threads)
        if record["collapsed"]:
            print(f"{job.name}: ended at chance (training loss {history[-1].train_loss:.4f}); recorded as collapsed")
        final = parameters()
        if not all(np.isfinite(array).all() for array in final.values()):
            raise StudyError(
                f"the parameters are no longer finite after {spec.epochs} epochs, although the loss is; "
                "lower optimiser.learning_rate"
            )
        write_parameters(folder / "model.npz", final)
        write_history(folder / "history.csv", history)
        write_text(folder / "run.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")
