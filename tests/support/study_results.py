"""Makes the artefacts of a study whose results are chosen, not trained; for tests of what comes after training."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from study.evaluation.metrics import split_metrics
from study.evaluation.predictions import right_on_test
from study.evaluation.ties import expected_images
from study.plan.experiment_specs import BridgeSpec, ControlSpec
from study.recipe.run import RunSpec
from study.recipe.steering import steering
from study.reporting.figures.names import figure_names
from study.reporting.phrase_files import figures_digest
from study.store.artefacts import new_artefact
from study.store.jobs import Job, Ref
from study.store.lineage import code_digest
from support.paths import ROOT
from support.synthetic_arms import CLAIMS, COHORT, DOCUMENT, SyntheticArm
from support.synthetic_tables import as_json, history_table, labels_of, npy, predictions_table, scores_of


def write_artefact(store: Path, job: Job, files: Mapping[str, bytes]) -> Ref:
    with new_artefact(store, job) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return job.ref


@dataclass(frozen=True)
class SyntheticStudy:
    """A store with the artefacts of all runs, and the jobs that come after them."""

    store: Path
    arms: Sequence[SyntheticArm]
    """The study's own, then those of experiments."""
    runs: tuple[Ref, ...]
    predictions: tuple[Ref, ...]
    metrics: tuple[Ref, ...]
    tensors: tuple[Ref, ...]
    experiments: int = 0
    """How many of the arms are of experiments."""
    bridges: Sequence[BridgeSpec] = ()
    controls: Sequence[ControlSpec] = ()

    @property
    def own(self) -> Sequence[SyntheticArm]:
        """The study's own arms."""
        return self.arms[: len(self.arms) - self.experiments]

    def made(self) -> list[tuple[SyntheticArm, int, dict[str, str]]]:
        """Arm, seed and the lineages of what was made of it, of every run."""
        pairs = [(arm, seed) for arm in self.arms for seed in arm.accuracies]
        refs = zip(self.runs, self.predictions, self.metrics, strict=True)
        names = ("run", "predictions", "metrics")
        return [
            (arm, seed, {name: ref.lineage for name, ref in zip(names, three, strict=True)})
            for (arm, seed), three in zip(pairs, refs, strict=True)
        ]

    def right(self) -> dict[tuple[str, int], npt.NDArray[np.bool_]]:
        """Which test images each run classified correctly, by arm and seed."""
        return {
            (arm.name, seed): right_on_test(self.store / ref.folder / "predictions.parquet")
            for (arm, seed, _), ref in zip(self.made(), self.predictions, strict=True)
        }

    @property
    def summary_job(self) -> Job:
        arms = [
            {
                "name": arm.name,
                "section": arm.section,
                "document": arm.document,
                "tensors": tensors.lineage,
                "runs": [{"seed": seed, **names} for one, seed, names in self.made() if one is arm],
                "leaks": leaks(arm),
                "checksum": arm.checksum,
                "weights_checksum": self.weights_checksum(arm),
            }
            for arm, tensors in zip(self.arms, self.tensors, strict=True)
        ]
        spec = {
            "document": DOCUMENT,
            "protocols": CLAIMS["protocols"]["document"],
            "arms": arms[: len(self.own)],
            **({"experiments": arms[len(self.own) :]} if self.experiments else {}),
        }
        inputs = (*self.runs, *self.metrics, *self.tensors, *self.predictions)
        return Job("summary", "summary", spec, code("aggregate"), inputs)

    def weights_checksum(self, arm: SyntheticArm) -> str | None:
        """Checksum of the file that the document's arm of the section starts from, if this arm starts from a file."""
        if arm.spec["weights"] != "file" or arm.section is None:
            return None
        checksum: str = CLAIMS["protocols"]["document"][arm.section]["weights"]
        return checksum

    def audit_job(self, claims: Mapping[str, Any] | None = None, **evaluation: float) -> Job:
        runs = [
            {"arm": arm.name, "seed": seed, "predictions": names["predictions"]} for arm, seed, names in self.made()
        ]
        spec = {"runs": runs, "evaluation": evaluation, "claims": dict(claims or CLAIMS), "cohort": COHORT}
        asked = {"bridges": self.bridges, "controls": self.controls}
        spec |= {name: [item.model_dump(mode="json") for item in items] for name, items in asked.items() if items}
        return Job("audit", "study", spec, code("audit"), (self.summary_job.ref, *self.predictions))

    def labels(self) -> dict[str, str]:
        return {arm.name: arm.name.replace("_", " ").capitalize() for arm in self.arms}

    def figures_job(self, labels: Mapping[str, str] | None = None, language: str = "es") -> Job:
        spec = {
            "language": language,
            "labels": dict(labels or self.labels()),
            "figures": figure_names({arm.name: True for arm in self.arms}),
            "words": figures_digest(language),
        }
        return Job("figures", language, spec, code("figures"), (self.summary_job.ref, self.audit_job().ref))

    def report_job(
        self, file_format: str, template: str, labels: Mapping[str, str] | None = None, language: str = "es"
    ) -> Job:
        spec = {
            "language": language,
            "format": file_format,
            "study_name": "prueba",
            "labels": dict(labels or self.labels()),
            "template": template,
        }
        inputs = (self.summary_job.ref, self.audit_job().ref, self.figures_job(labels, language).ref)
        return Job("reports", f"report-{language}-{file_format}", spec, code("report"), inputs)

    def publish_job(
        self, reports: Mapping[str, Ref], drop_models: Sequence[Ref] = (), drop_states: Sequence[Ref] = ()
    ) -> Job:
        runs = [{"arm": arm.name, "seed": seed, **names} for arm, seed, names in self.made()]
        inputs = (
            self.summary_job.ref,
            self.audit_job().ref,
            *reports.values(),
            *self.runs,
            *self.predictions,
            *self.metrics,
        )
        spec = {
            "report": {name: ref.lineage for name, ref in reports.items()},
            "runs": runs,
            "drop_models": [[ref.kind, ref.name, ref.lineage] for ref in drop_models],
            "drop_states": [[ref.kind, ref.name, ref.lineage] for ref in drop_states],
            "languages": {"es": self.labels()},
            "confidence": 0.95,
        }
        return Job("published", "study", spec, code("publish"), inputs)


def leaks(arm: SyntheticArm) -> list[Mapping[str, Any]]:
    """The arm's own, by its settings, and those that it inherits."""
    spec = RunSpec.model_validate({**arm.spec, "seed": 0})
    by = list(steering(spec)) if spec.monitor == "test" else []
    return [*([{"arm": arm.name, "by": by, "inherited": False}] if by else []), *arm.inherited]


def code(name: str) -> str:
    return code_digest(ROOT / "scripts" / f"{name}.py")


def make_study(
    store: Path,
    arms: Sequence[SyntheticArm],
    train_images: int = 500,
    test_images: int = 200,
    experiments: Sequence[SyntheticArm] = (),
) -> SyntheticStudy:
    arms = (*arms, *experiments)
    images = {"train": train_images, "test": test_images}
    tensors = tuple(_tensors(store, arm, images) for arm in arms)
    made = [
        _run(store, arm, seed, accuracy, images, ref)
        for arm, ref in zip(arms, tensors, strict=True)
        for seed, accuracy in arm.accuracies.items()
    ]
    runs, predictions, metrics = (tuple(refs) for refs in zip(*made, strict=True))
    return SyntheticStudy(store, arms, runs, predictions, metrics, tensors, len(experiments))


def _tensors(store: Path, arm: SyntheticArm, images: Mapping[str, int]) -> Ref:
    spec = {"source": "cifar10", "part": None} if arm.checksum else {"source": "digits", "part": "main"}
    classes = len(arm.class_names)
    labels = {split: labels_of(split, number, classes) for split, number in images.items()}
    manifest = {
        "source": spec["source"],
        "store": "native",
        "size": None,
        "resize": None,
        "class_names": list(arm.class_names),
        "splits": {
            split: {"images": number, "identity": f"{spec['source']} {split} {number} {classes}"}
            for split, number in images.items()
        },
        "test_images_in_training": 0,
    }
    job = Job("tensors", manifest["source"], {**spec, **images, "classes": list(arm.class_names)}, "synthetic")
    pixels = np.random.default_rng(0).integers(0, 256, (images["test"], 8, 8, 3), dtype=np.uint8)
    files = {
        "manifest.json": as_json(manifest),
        "test_images.npy": npy(pixels),
        **{f"{split}_labels.npy": npy(values) for split, values in labels.items()},
    }
    return write_artefact(store, job, files)


def _run(
    store: Path, arm: SyntheticArm, seed: int, accuracy: float, images: Mapping[str, int], tensors: Ref
) -> tuple[Ref, Ref, Ref]:
    spec = RunSpec.model_validate({**arm.spec, "seed": seed})
    layers = [
        {"name": name, "type": "Linear", "parameters": 1_000_000, "trainable": trainable}
        for name, trainable in arm.trainable.items()
    ]
    history = history_table(spec, accuracy, seed in arm.collapsed)
    record = {
        "spec": spec.model_dump(mode="json"),
        "seed": seed,
        "epochs_trained": spec.epochs,
        "reported_epoch": spec.epochs,
        "ended": "planned",
        "diverged_in": None,
        "features": None,
        "seconds": float(history["seconds"].sum()),
        "framework_version": "2.0",
        "device": {"kind": "cpu", "name": "synthetic processor"},
        "threads": 2,
        "precision": spec.precision,
        "git_commit": "0" * 40,
        "parameters": {"total": 2_000_000, "trainable": 1_000_000 * sum(arm.trainable.values())},
        "layers": layers,
        "steering": list(steering(spec)),
        "leak": spec.monitor == "test" and bool(steering(spec)),
    }
    record |= arm.records.get(seed, {})
    labels = {split: labels_of(split, number, spec.classes) for split, number in images.items()}
    places = expected_images(spec, labels)
    reached = {"train": min(1.0, accuracy * 1.1), "validation": accuracy, "test": accuracy}
    splits = {}
    for split, chosen in places.items():
        own = labels["test" if split == "test" else "train"][chosen]
        splits[split] = (own, scores_of(own, reached[split], spec.classes, seed))
    at_chance = {"at_chance": seed in arm.collapsed}
    name = f"{spec.framework}-s{seed}"
    run = write_artefact(
        store,
        Job("runs", name, record["spec"], f"synthetic {arm.name}", (tensors,)),
        {"run.json": as_json(record), "history.csv": history.to_csv(index=False).encode(), "model.npz": b"model"},
    )
    predictions = write_artefact(
        store,
        Job("predictions", name, {}, "synthetic", (run, tensors)),
        {
            "predictions.parquet": predictions_table(splits, places).to_parquet(index=False),
            "filters.npy": npy(np.random.default_rng(seed).normal(size=(6, 5, 5, 3)).astype(np.float32)),
        },
    )
    metrics = write_artefact(
        store,
        Job("metrics", name, {"calibration_bins": 15}, "synthetic", (predictions,)),
        {
            "metrics.json": as_json(
                {split: {**split_metrics(*values, 15), **at_chance} for split, values in splits.items()}
            ),
            "predicted.npy": npy(splits["test"][1].argmax(axis=1).astype(np.int16)),
        },
    )
    return run, predictions, metrics
