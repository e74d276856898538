"""Jobs for runs: downloads, tensors, features, trainings and what is made from them, each once for all arms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from study.config.study import Study
from study.errors import StudyError
from study.plan.frozen_part import prefix_spec
from study.recipe.data import Download
from study.recipe.networks import Conv, Dense, DescribedNetwork
from study.recipe.recipe import ArmWeights, FileWeights, Framework
from study.recipe.run import RunSpec
from study.store.jobs import Job, Ref, chosen
from study.store.lineage import code_digest

Results = Mapping[str, Ref]
"""``run``, ``predictions`` and ``metrics`` of an arm with a seed."""


@dataclass(frozen=True)
class Collection:
    """The jobs of a study found so far, each once however many arms need it."""

    study: Study
    root: Path
    """The folder that holds ``scripts`` and ``report``."""
    jobs: dict[Ref, Job] = field(default_factory=dict)
    downloads: dict[Ref, Download] = field(default_factory=dict)
    runs: dict[tuple[str, int], Ref] = field(default_factory=dict)
    repetitions: dict[tuple[str, int, int], Ref] = field(default_factory=dict)
    """Repeated runs, by arm, seed and repetition (from 1)."""
    network_inputs: dict[tuple[str, int], Ref] = field(default_factory=dict)
    programs: dict[str, tuple[Path, dict[str, str]]] = field(default_factory=dict)


def add(
    made: Collection,
    kind: str,
    name: str,
    spec: dict[str, Any],
    program: str,
    inputs: Iterable[Ref],
    framework: Framework | None = None,
) -> Ref:
    """Add a job; ``framework`` is given for a program that runs in one."""
    path = made.root / "scripts" / program
    choices = chosen(spec, framework)
    job = Job(kind, name, spec, code_digest(path, **choices), tuple(inputs))
    made.jobs[job.ref] = job
    made.programs[job.code] = (path, choices)
    return job.ref


def add_results(made: Collection, arm: str, seed: int, repetition: int = 0) -> Results:
    """Add a run of an arm, or a repetition of it, and what is made from it."""
    run = add_repetition(made, arm, seed, repetition) if repetition else add_run(made, arm, seed)
    predictions = add_predictions(made, run, arm, seed)
    bins = {"calibration_bins": made.study.evaluation.calibration_bins}
    metrics = add(made, "metrics", predictions.name, bins, "evaluate.py", [predictions])
    return {"run": run, "predictions": predictions, "metrics": metrics}


def add_run(made: Collection, arm_name: str, seed: int) -> Ref:
    """Add the training of an arm with a seed."""
    if (arm_name, seed) not in made.runs:
        framework = made.study.arms[arm_name].framework
        spec = made.study.run_spec(arm_name, seed)
        inputs = [add_network_input(made, arm_name, seed), *add_weights(made, arm_name, seed)]
        name = f"{framework}-{network_name(spec)}-s{seed}"
        settings = spec.model_dump(mode="json")
        made.runs[arm_name, seed] = add(made, "runs", name, settings, "train.py", inputs, framework)
    return made.runs[arm_name, seed]


def add_repetition(made: Collection, arm_name: str, seed: int, repetition: int) -> Ref:
    """Add the same training with the same inputs: neither features nor a run that provides weights is repeated."""
    first = made.jobs[add_run(made, arm_name, seed)]
    spec = made.study.run_spec(arm_name, seed).model_copy(update={"repetition": repetition})
    name = f"{first.name}-again{repetition}"
    run = add(made, "runs", name, spec.model_dump(mode="json"), "train.py", first.inputs, spec.framework)
    made.repetitions[arm_name, seed, repetition] = run
    return run


def all_trained(made: Collection) -> list[tuple[int, Ref]]:
    """Return every run with its seed, including repetitions."""
    again = ((seed, run) for (_, seed, _), run in made.repetitions.items())
    return [*((seed, run) for (_, seed), run in made.runs.items()), *again]


def add_predictions(made: Collection, run: Ref, arm_name: str, seed: int) -> Ref:
    """Add the predictions of a run by its own framework."""
    inputs = [run, add_network_input(made, arm_name, seed)]
    return add(made, "predictions", run.name, {}, "predict.py", inputs, made.study.arms[arm_name].framework)


def add_network_input(made: Collection, arm_name: str, seed: int) -> Ref:
    """Add the input of a run's network: features if its frozen part is computed once, otherwise images."""
    if (arm_name, seed) not in made.network_inputs:
        arm = made.study.arms[arm_name]
        spec = prefix_spec(made.study.run_spec(arm_name, seed)) if arm.features == "cache" else None
        made.network_inputs[arm_name, seed] = (
            add_tensors(made, arm_name) if spec is None else _add_features(made, arm_name, seed, spec)
        )
    return made.network_inputs[arm_name, seed]


def _add_features(made: Collection, arm_name: str, seed: int, spec: RunSpec) -> Ref:
    arm = made.study.arms[arm_name]
    if arm.augmentation != "none":
        raise StudyError(
            f"arms.{arm_name}.augmentation: images change in every epoch, and what the frozen part gives is "
            "computed once; set features: live, or augmentation: none"
        )
    name = f"{arm.framework}-{network_name(spec)}"
    if not isinstance(arm.weights, FileWeights):
        name += f"-s{seed}"
    inputs = [add_tensors(made, arm_name), *add_weights(made, arm_name, seed)]
    settings = spec.model_dump(mode="json")
    return add(made, "features", name, settings, "extract_features.py", inputs, arm.framework)


def add_tensors(made: Collection, arm_name: str) -> Ref:
    """Add the images of an arm as they are stored."""
    arm = made.study.arms[arm_name]
    dataset = made.study.datasets[arm.dataset]
    images = made.study.tensor_spec(arm_name)
    name = dataset.source if images.size is None else f"{dataset.source}-{images.size}"
    inputs = [_add_download(made, dataset.download)] if dataset.download else []
    return add(made, "tensors", name, images.model_dump(mode="json"), "preprocess.py", inputs)


def add_weights(made: Collection, arm_name: str, seed: int) -> list[Ref]:
    """Add what a run's initial parameters come from, if anything."""
    weights = made.study.arms[arm_name].weights
    if isinstance(weights, FileWeights):
        return [_add_download(made, made.study.weights[weights.file])]
    return [add_run(made, weights.arm, seed)] if isinstance(weights, ArmWeights) else []


def _add_download(made: Collection, download: Download) -> Ref:
    spec = download.model_dump(mode="json", include={"filename", "checksum", "size"})
    ref = add(made, "downloads", download.filename, spec, "download.py", [])
    made.downloads[ref] = download
    return ref


def lineages(results: Mapping[Any, Ref]) -> dict[str, str]:
    """Return the lineages of results under the same keys, by which settings say which input is which."""
    return {what: ref.lineage for what, ref in results.items()}


def network_name(spec: RunSpec) -> str:
    """Return a short name for a network: ``c5d3`` is a described one with 5 convolutions and 3 dense layers."""
    if isinstance(spec.network, DescribedNetwork):
        convolutions = sum(isinstance(layer, Conv) for layer in spec.network.layers)
        dense = sum(isinstance(layer, Dense) for layer in spec.network.layers)
        return f"c{convolutions}d{dense}"
    return spec.network.model.lower()
