"""Makes the artefacts of a study whose results are chosen, not trained; for tests of what comes after training."""

import io
import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from study.evaluation.metrics import split_metrics
from study.evaluation.predictions import right_on_test
from study.evaluation.ties import expected_images
from study.recipe.run import RunSpec
from study.recipe.steering import steering
from study.reporting.figures.names import figure_names
from study.reporting.phrase_files import figures_digest
from study.store.artefacts import new_artefact
from study.store.jobs import Job, Ref
from study.store.lineage import code_digest

ROOT = Path(__file__).parents[1]


EPOCHS = 3
"""Of all synthetic runs and, in their tests, of the document's."""


def configured(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8"))
    return content


def claims_with_few_epochs() -> dict[str, Any]:
    claims = configured("claims")
    for protocols in claims["protocols"].values():
        for protocol in protocols.values():
            protocol["epochs"] = EPOCHS
    return claims


CLAIMS, COHORT = claims_with_few_epochs(), configured("cohort")
CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
CHECKSUM = "sha256:" + "6d" * 32
DOCUMENT = {
    "title": "AlexNet challenge",
    "authors": ["Mar Bazúa", "Néstor Medina"],
    "data": {"checksum": CHECKSUM, "train_images": 500, "test_images": 200},
}


def conv(filters: int, kernel: int, **settings: Any) -> dict[str, Any]:
    return {"type": "conv", "filters": filters, "kernel": kernel, **settings}


def alexnet(widths: Sequence[int], padding: int) -> dict[str, Any]:
    pool = {"type": "max_pool", "size": 3, "stride": 2}
    hidden = [{"type": "dense", "units": 4096}, {"type": "dropout", "rate": 0.5}]
    return {
        "layers": [
            conv(widths[0], 11, stride=4, padding=padding),
            pool,
            conv(widths[1], 5, padding="same"),
            pool,
            *(conv(width, 3, padding="same") for width in widths[2:]),
            pool,
            {"type": "flatten"},
            *hidden,
            *hidden,
            SCORES,
        ]
    }


SCORES = {"type": "dense", "units": "classes", "activation": "none"}
SCRATCH = {
    "framework": "pytorch",
    "network": alexnet((64, 128, 256, 256, 256), padding=2),
    "classes": 10,
    "input": {"size": 224},
    "weights": "none",
    "frozen": "nothing",
    "optimiser": {"name": "adam", "learning_rate": 1e-3},
    "schedule": {"name": "constant"},
    "batch_size": 64,
    "epochs": EPOCHS,
    "shuffle": True,
    "precision": "float32",
    "monitor": "test",
    "validation_fraction": 0.0,
}


@dataclass(frozen=True)
class SyntheticArm:
    name: str
    section: str | None
    accuracies: Mapping[int, float]
    """Test accuracy by seed."""
    spec: Mapping[str, Any]
    document: Mapping[str, Any] | None = None
    collapsed: Sequence[int] = ()
    """Seeds whose runs learned nothing."""
    inherited: Sequence[Mapping[str, Any]] = ()
    """Leaks of the arms that its weights come from."""
    checksum: str | None = CHECKSUM
    class_names: Sequence[str] = CLASS_NAMES
    trainable: Mapping[str, bool] = field(default_factory=lambda: {"features": True, "classifier": True})
    records: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """What the records of some seeds say instead."""


def document_arms(seeds: Sequence[int] = (0, 1, 2)) -> list[SyntheticArm]:
    """The document's four arms, scoring about what the document says."""

    def around(accuracy: float, step: int) -> dict[int, float]:
        return {seed: accuracy + 0.01 * (step * position % 3 - 1) for position, seed in enumerate(seeds)}

    def figures(test: float, printed: str, train: float | None = None) -> dict[str, Any]:
        return {"test_accuracy": test, "printed": printed, "train_accuracy": train}

    tensorflow = {
        **SCRATCH,
        "framework": "tensorflow",
        "network": alexnet((96, 256, 384, 384, 256), padding=0),
        "input": {"size": 227, "resize": "float"},
        "optimiser": {"name": "adam", "learning_rate": 1e-4},
        "shuffle": False,
    }
    library_alexnet = {"library": "torchvision", "model": "alexnet", "keep": "all_but_last_layer", "head": [SCORES]}
    head = [
        {"type": "global_average_pool"},
        {"type": "dense", "units": 1024},
        {"type": "dropout", "rate": 0.5},
        {"type": "dense", "units": 512},
        {"type": "dropout", "rate": 0.3},
        SCORES,
    ]
    pretrained = {
        **SCRATCH,
        "network": library_alexnet,
        "weights": "file",
        "frozen": {"layers": ["features"]},
        "optimiser": {"name": "adam", "learning_rate": 1e-4},
    }
    resnet = {
        **tensorflow,
        "network": {"library": "keras", "model": "ResNet50", "head": head},
        "input": {"size": 224, "resize": "float"},
        "weights": "file",
        "frozen": {"all_but_last": 15},
        "optimiser": {"name": "adam", "learning_rate": 5e-5},
        "schedule": {"name": "reduce_on_plateau", "factor": 0.2, "patience": 3, "minimum": 1e-5},
        "batch_size": 32,
        "shuffle": True,
        "precision": "float16",
    }
    frozen = {"features": False, "classifier": True}
    return [
        SyntheticArm("scratch_pytorch", "1.1", around(0.62, 1), SCRATCH, figures(0.6159, "61.59%", 0.7608)),
        SyntheticArm("scratch_tensorflow", "1.2", around(0.79, 2), tensorflow, figures(0.8034, "80.34%", 0.9632)),
        SyntheticArm("pretrained_pytorch", "2.1", around(0.86, 2), pretrained, figures(0.93, "93%"), trainable=frozen),
        SyntheticArm("pretrained_tensorflow", "2.2", around(0.66, 1), resnet, figures(0.67, "67%"), trainable=frozen),
    ]


def digits_arms(seeds: Sequence[int] = (0,)) -> list[SyntheticArm]:
    """The document's arms on other data."""
    return [replace(arm, checksum=None, class_names=tuple("0123456789")) for arm in document_arms(seeds)]


def write_artefact(store: Path, job: Job, files: Mapping[str, bytes]) -> Ref:
    with new_artefact(store, job) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return job.ref


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def npy(array: npt.NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def labels_of(split: str, images: int, classes: int) -> npt.NDArray[np.int64]:
    """Labels of both splits, which have little in common."""
    labels = np.arange(images) % classes
    return labels if split == "test" else np.sort(labels)


def labels_and_scores(
    images: int, accuracy: float, classes: int, seed: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Test images' labels, and scores of which exactly the nearest possible share is right."""
    labels = labels_of("test", images, classes)
    return labels, scores_of(labels, accuracy, classes, seed)


def scores_of(labels: npt.NDArray[np.int64], accuracy: float, classes: int, seed: int) -> npt.NDArray[np.float32]:
    generator, images = np.random.default_rng(seed), len(labels)
    predicted = labels.copy()
    wrong = generator.permutation(images)[round(images * accuracy) :]
    predicted[wrong] = (labels[wrong] + generator.integers(1, classes, len(wrong))) % classes
    scores = generator.normal(size=(images, classes))
    scores[np.arange(images), predicted] = scores.max(axis=1) + generator.exponential(2.0, images) + 0.01
    return scores.astype(np.float32)


Splits = Mapping[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]


def predictions_table(splits: Splits, places: Mapping[str, npt.NDArray[np.int64]] | None = None) -> pd.DataFrame:
    """Labels and scores by split, of the images 0, 1 ... or of those at ``places``."""
    parts = []
    for split, (labels, scores) in splits.items():
        images = np.arange(len(labels)) if places is None else places[split]
        part = pd.DataFrame({"split": split, "image": images, "label": labels})
        for number in range(scores.shape[1]):
            part[f"score_{number}"] = scores[:, number]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def history_table(spec: RunSpec, accuracy: float, has_collapsed: bool) -> pd.DataFrame:
    epochs = np.arange(1, spec.epochs + 1)
    reached = accuracy * (1 - np.exp(-epochs)) / (1 - math.exp(-spec.epochs))
    chance = math.log(spec.classes)
    monitored = spec.monitor != "none"
    return pd.DataFrame(
        {
            "epoch": epochs,
            "learning_rate": spec.optimiser.learning_rate,
            "train_loss": np.full(len(epochs), chance) if has_collapsed else chance * np.exp(-epochs / 3),
            "train_accuracy": np.minimum(1.0, reached * 1.1),
            "monitor_loss": chance * np.exp(-epochs / 6) if monitored else None,
            "monitor_accuracy": reached if monitored else None,
            "seconds": 12.5,
            "images_per_second": 4000.0,
            "monitor_seconds": 1.5 if monitored else None,
        }
    )


@dataclass(frozen=True)
class SyntheticStudy:
    """A store with the artefacts of all runs, and the jobs that come after them."""

    store: Path
    arms: Sequence[SyntheticArm]
    runs: tuple[Ref, ...]
    predictions: tuple[Ref, ...]
    metrics: tuple[Ref, ...]
    tensors: tuple[Ref, ...]

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
        """Which test images each run classified rightly, by arm and seed."""
        return {
            (arm.name, seed): right_on_test(self.store / ref.folder / "predictions.parquet")
            for (arm, seed, _), ref in zip(self.made(), self.predictions, strict=True)
        }

    @property
    def summary_job(self) -> Job:
        spec = {
            "document": DOCUMENT,
            "protocols": CLAIMS["protocols"]["document"],
            "arms": [
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
            ],
        }
        inputs = (*self.runs, *self.metrics, *self.tensors, *self.predictions)
        return Job("summary", "summary", spec, code("aggregate"), inputs)

    def weights_checksum(self, arm: SyntheticArm) -> str | None:
        """Of the file that the document's arm of the section starts from, if this arm starts from a file."""
        if arm.spec["weights"] != "file" or arm.section is None:
            return None
        checksum: str = CLAIMS["protocols"]["document"][arm.section]["weights"]
        return checksum

    def audit_job(self, claims: Mapping[str, Any] | None = None, **evaluation: float) -> Job:
        runs = [
            {"arm": arm.name, "seed": seed, "predictions": names["predictions"]} for arm, seed, names in self.made()
        ]
        spec = {"runs": runs, "evaluation": evaluation, "claims": dict(claims or CLAIMS), "cohort": COHORT}
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
    store: Path, arms: Sequence[SyntheticArm], train_images: int = 500, test_images: int = 200
) -> SyntheticStudy:
    images = {"train": train_images, "test": test_images}
    tensors = tuple(_tensors(store, arm, images) for arm in arms)
    made = [
        _run(store, arm, seed, accuracy, images, ref)
        for arm, ref in zip(arms, tensors, strict=True)
        for seed, accuracy in arm.accuracies.items()
    ]
    runs, predictions, metrics = (tuple(refs) for refs in zip(*made, strict=True))
    return SyntheticStudy(store, arms, runs, predictions, metrics, tensors)


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


def run_program(
    name: str, store: Path, job: Job, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of ``scripts``; its job lies in a file beside the store."""
    described = store.parent / f"{store.name}-{name}.json"
    described.write_text(job.to_json(), encoding="utf-8")
    program = ROOT / "scripts" / f"{name}.py"
    return subprocess.run(
        [sys.executable, str(program), "--job", str(described), "--store", str(store), *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


def summarise_study(study: SyntheticStudy) -> None:
    """Run the aggregate and the audit program on a synthetic study."""
    for name, job in (("aggregate", study.summary_job), ("audit", study.audit_job())):
        finished = run_program(name, study.store, job)
        assert finished.returncode == 0, finished.stderr
