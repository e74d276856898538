"""From a validated study to every job: its settings, its code, its inputs and so its lineage and path.

Pure and fast: nothing is written, no network is touched, no framework is imported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from study.config.arm import Arm
from study.config.languages import Language
from study.config.leaks import leaks_of
from study.config.study import Study
from study.errors import StudyError
from study.parity.spec import Depth, side_spec
from study.plan.experiment_specs import BridgeSpec
from study.plan.experiments import Training, expand
from study.plan.frozen_part import prefix_spec
from study.recipe.base import SpecModel
from study.recipe.data import Cifar10, Download
from study.recipe.defaults import explicit
from study.recipe.networks import Conv, Dense, DescribedNetwork, convolves
from study.recipe.recipe import ArmWeights, FileWeights, Framework
from study.recipe.run import RunSpec
from study.reporting.figures.names import figure_files, figure_names
from study.reporting.phrase_files import figures_digest
from study.reporting.specs import bridge_names
from study.reporting.templates import template_digest
from study.store.artefacts import SIDECAR
from study.store.jobs import Job, Ref, chosen
from study.store.lineage import code_digest

Results = Mapping[str, Ref]
"""``run``, ``predictions`` and ``metrics`` of an arm and seed."""
MODEL = "model.npz"
FRAMEWORKS: tuple[Framework, Framework] = ("pytorch", "tensorflow")

FILES = {
    "tensors": ("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy", "manifest.json"),
    "features": ("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy", "manifest.json"),
    "runs": (MODEL, "history.csv", "run.json"),
    "predictions": ("predictions.parquet", "filters.npy"),
    "metrics": ("metrics.json", "predicted.npy"),
    "parity_sides": ("tensors.npz",),
    "parity": ("parity.json",),
    "summary": (
        *("runs.csv", "arms.csv", "epochs.csv", "images.csv", "guesses.csv"),
        *("images.npz", "filters.npz", "summary.json", "parity.json"),
    ),
    "audit": (
        *("claims.json", "quantities.json"),
        *("comparisons.csv", "intervals.csv", "bridges.csv", "controls.csv", "cohort.csv", "teams.csv", "curves.csv"),
    ),
    "published": ("published.json",),
}
"""What each kind of artefact holds, beside its sidecar. Downloads, figures and reports are named by their jobs, and so
are the pages that publishing adds."""


@dataclass(frozen=True)
class Plan:
    """All jobs of a study."""

    study: Study
    jobs: tuple[Job, ...]
    runs: dict[tuple[str, int], Ref]
    """Run of each arm and seed, those that only give their weights to others included."""
    published: Job
    downloads: dict[Ref, Download] = field(default_factory=dict)
    """Where each download comes from."""
    programs: dict[str, tuple[Path, dict[str, str]]] = field(default_factory=dict)
    """The program, and what its job chooses by name among files of code, by the digest of their code."""

    @cached_property
    def by_folder(self) -> dict[str, Job]:
        """Jobs by the folder of what they make."""
        return {job.ref.folder: job for job in self.jobs}

    @cached_property
    def served(self) -> dict[Ref, list[tuple[str, int]]]:
        """Arms and seeds by the run that gives their results: equal arms share one."""
        served: dict[Ref, list[tuple[str, int]]] = {}
        for pair, ref in self.runs.items():
            served.setdefault(ref, []).append(pair)
        return served

    @cached_property
    def takers(self) -> dict[Ref, list[Ref]]:
        """Runs by the features that they take."""
        takers: dict[Ref, list[Ref]] = {}
        for run in self.served:
            for features in self.by_folder[run.folder].inputs_of("features"):
                takers.setdefault(features, []).append(run)
        return takers

    def targets(self, job: Job) -> list[str]:
        """Names of the files of a job's artefact that must be there when the study is complete, with the sidecar."""
        dropped = [job.ref.kind, job.ref.name, job.ref.lineage] in self.published.spec["drop_models"]
        return [name for name in (*files_of(job), SIDECAR) if not (dropped and name == MODEL)]

    def job(self, kind: str, folder: str) -> Job:
        """The job that makes an artefact, given as ``name-lineage``."""
        try:
            return self.by_folder[f"{kind}/{folder}"]
        except KeyError:
            raise StudyError(
                f"{kind}/{folder} is not part of the study as it is configured and coded now; "
                "the configuration or the code changed after this job was planned; give the snakemake command again"
            ) from None

    def label(self, job: Job) -> str:
        """The arms and seeds that a job serves, for logs."""
        if job.kind == "features":
            served = (self.served[run] for run in self.takers[job.ref])
            return some_of([f"{arm} seed {seed}" for pairs in served for arm, seed in pairs])
        while job.ref.kind != "runs":
            job = self.by_folder[job.input("predictions" if job.kind == "metrics" else "runs").folder]
        return ", ".join(f"{arm} seed {seed}" for arm, seed in self.served[job.ref])


def some_of(words: list[str]) -> str:
    """A list in words, of which three are named and more are counted."""
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return f"{', '.join(words[:3])}{more}"


def files_of(job: Job) -> tuple[str, ...]:
    """Names of the files that a job makes, beside the sidecar."""
    if job.kind == "downloads":
        return (job.spec["filename"],)
    if job.kind == "figures":
        return tuple(figure_files(job.spec["figures"]))
    if job.kind == "reports":
        return (f"report.{job.spec['language']}.{job.spec['format']}",)
    if job.kind == "published":
        return (*FILES["published"], *changes_files(job))
    return FILES[job.kind]


def changes_files(published: Job) -> list[str]:
    """Names of the pages that say what changed since the last report."""
    return [f"changes.{language}.html" for language in published.spec["languages"]]


def make_plan(study: Study, root: Path) -> Plan:
    """Plan a study; ``root`` is the folder that holds ``scripts`` and ``report``."""
    return _Planner(study, root).plan()


class _Planner:
    """Collects jobs, each once, however many arms need it."""

    def __init__(self, study: Study, root: Path) -> None:
        self.experiments = expand(study)
        self.study = self.experiments.study
        self.root = root
        self.jobs: dict[Ref, Job] = {}
        self.downloads: dict[Ref, Download] = {}
        self.runs: dict[tuple[str, int], Ref] = {}
        self.programs: dict[str, tuple[Path, dict[str, str]]] = {}

    def plan(self) -> Plan:
        study = self.study.study
        trainings = {arm: Training(arm, study.seeds) for arm in study.arms} | dict(self.experiments.trainings)
        results = {
            (name, seed): self.results(training.arm, seed)
            for name, training in trainings.items()
            for seed in training.seeds
        }
        tensors = {name: self.tensors(training.arm) for name, training in trainings.items()}
        made = [ref for result in results.values() for ref in result.values()]
        summary_spec = self.summary_spec(results, tensors)
        summary_inputs = dict.fromkeys([*made, *tensors.values(), *self.certificates()])
        summary = self.add("summary", "study", summary_spec, "aggregate.py", summary_inputs)
        predictions = dict.fromkeys(result["predictions"] for result in results.values())
        audit = self.add("audit", "study", self.audit_spec(results), "audit.py", [summary, *predictions])
        reports = [self.report(summary, audit, language, format_) for language, format_ in self.report_formats()]
        published = self.add(
            "published",
            "study",
            {
                "report": {files_of(self.jobs[ref])[0]: ref.lineage for ref in reports},
                "runs": [{"arm": arm, "seed": seed, **lineages(result)} for (arm, seed), result in results.items()],
                "drop_models": [[ref.kind, ref.name, ref.lineage] for ref in self.dropped()],
                "drop_states": [[ref.kind, ref.name, ref.lineage] for ref in self.without_state()],
                "languages": {language: self.labels(language) for language in self.study.report.languages},
                "confidence": self.study.evaluation.confidence,
            },
            "publish.py",
            dict.fromkeys([summary, audit, *reports, *made]),
        )
        jobs = tuple(self.jobs.values())
        return Plan(self.study, jobs, self.runs, self.jobs[published], self.downloads, self.programs)

    def results(self, arm: str, seed: int) -> Results:
        """A run of an arm, and what is made of it."""
        run = self.run(arm, seed)
        predictions = self.predictions(run, arm, seed)
        bins = {"calibration_bins": self.study.evaluation.calibration_bins}
        metrics = self.add("metrics", predictions.name, bins, "evaluate.py", [predictions])
        return {"run": run, "predictions": predictions, "metrics": metrics}

    def add(
        self,
        kind: str,
        name: str,
        spec: dict[str, Any],
        program: str,
        inputs: Iterable[Ref],
        framework: Framework | None = None,
    ) -> Ref:
        path = self.root / "scripts" / program
        choices = chosen(spec, framework)
        job = Job(kind, name, spec, code_digest(path, **choices), tuple(inputs))
        self.jobs[job.ref] = job
        self.programs[job.code] = (path, choices)
        return job.ref

    def download(self, download: Download) -> Ref:
        spec = download.model_dump(mode="json", include={"filename", "checksum", "size"})
        ref = self.add("downloads", download.filename, spec, "download.py", [])
        self.downloads[ref] = download
        return ref

    def tensors(self, arm_name: str) -> Ref:
        arm = self.study.arms[arm_name]
        dataset = self.study.datasets[arm.dataset]
        images = self.study.tensor_spec(arm_name)
        name = dataset.source if images.size is None else f"{dataset.source}-{images.size}"
        inputs = [self.download(dataset.archive)] if isinstance(dataset, Cifar10) else []
        return self.add("tensors", name, images.model_dump(mode="json"), "preprocess.py", inputs)

    def run(self, arm_name: str, seed: int) -> Ref:
        if (arm_name, seed) not in self.runs:
            arm = self.study.arms[arm_name]
            spec = self.study.run_spec(arm_name, seed)
            inputs = [self.network_input(arm_name, seed), *self.weights(arm_name, seed)]
            name = f"{arm.framework}-{network_name(spec)}-s{seed}"
            settings = spec.model_dump(mode="json")
            self.runs[arm_name, seed] = self.add("runs", name, settings, "train.py", inputs, arm.framework)
        return self.runs[arm_name, seed]

    def weights(self, arm_name: str, seed: int) -> list[Ref]:
        """What a run's initial parameters come from."""
        weights = self.study.arms[arm_name].weights
        if isinstance(weights, FileWeights):
            return [self.download(self.study.weights[weights.file])]
        return [self.run(weights.arm, seed)] if isinstance(weights, ArmWeights) else []

    def network_input(self, arm_name: str, seed: int) -> Ref:
        """What a run's network is given: features, where its frozen part is computed once, or images."""
        arm = self.study.arms[arm_name]
        spec = prefix_spec(self.study.run_spec(arm_name, seed)) if arm.features == "cache" else None
        if spec is None:
            return self.tensors(arm_name)
        if arm.augmentation != "none":
            raise StudyError(
                f"arms.{arm_name}.augmentation: images change in every epoch, and what the frozen part gives is "
                "computed once; set features: live, or augmentation: none"
            )
        name = f"{arm.framework}-{network_name(spec)}"
        if not isinstance(arm.weights, FileWeights):
            name += f"-s{seed}"
        inputs = [self.tensors(arm_name), *self.weights(arm_name, seed)]
        settings = spec.model_dump(mode="json")
        return self.add("features", name, settings, "extract_features.py", inputs, arm.framework)

    def dropped(self) -> list[Ref]:
        """Runs whose trained parameters do not stay when the study is complete."""
        everyone, first = set(self.study.study.seeds), {self.study.study.seeds[0]}
        kept = {"all_with_state": everyone, "all": everyone, "first_seed": first, "none": set()}
        keep = kept[self.study.keep_models]
        kept_runs = {run for (_, seed), run in self.runs.items() if seed in keep}
        return sorted(set(self.runs.values()) - kept_runs, key=lambda run: run.folder)

    def without_state(self) -> list[Ref]:
        """Runs whose last state does not stay when the study is complete."""
        keeps = self.study.keep_models == "all_with_state"
        return [] if keeps else sorted(set(self.runs.values()), key=lambda run: run.folder)

    def predictions(self, run: Ref, arm_name: str, seed: int) -> Ref:
        inputs = [run, self.network_input(arm_name, seed)]
        return self.add("predictions", run.name, {}, "predict.py", inputs, self.study.arms[arm_name].framework)

    def certificates(self) -> list[Ref]:
        """One for each two arms of different frameworks that learn from scratch and whose networks both can build."""
        depth = self.study.parity
        if depth == "none":
            return []
        arms = {name: self.study.arms[name] for name in self.study.study.arms}
        both = [name for name, arm in arms.items() if arm.weights == "none" and self.is_described(arm)]
        pytorch, tensorflow = ([n for n in both if arms[n].framework == f] for f in ("pytorch", "tensorflow"))
        return [self.certificate((one, other), depth) for one in pytorch for other in tensorflow]

    def certificate(self, pair: tuple[str, str], depth: Depth) -> Ref:
        seed = self.study.study.seeds[0]
        runs = [self.study.run_spec(arm, seed) for arm in pair]
        sides = [
            {framework: self.side(arm, run, framework, depth) for framework in FRAMEWORKS}
            for arm, run in zip(pair, runs, strict=True)
        ]
        predictions = [self.predictions_by_both(arm, seed) for arm in pair] if depth == "full" else []
        spec = {
            "arms": list(pair),
            "runs": [explicit(run).model_dump(mode="json") for run in runs],
            "sides": [lineages(side) for side in sides],
            "predictions": [lineages(scores) for scores in predictions] or None,
        }
        name = "-".join(network_name(run) for run in runs)
        inputs = dict.fromkeys(ref for by_framework in (*sides, *predictions) for ref in by_framework.values())
        return self.add("parity", name, spec, "parity.py", inputs)

    def side(self, arm_name: str, run: RunSpec, framework: Framework, depth: Depth) -> Ref:
        spec = side_spec(run, framework, depth).model_dump(mode="json")
        name = f"{framework}-{network_name(run)}"
        return self.add("parity_sides", name, spec, "parity_side.py", [self.tensors(arm_name)], framework)

    def predictions_by_both(self, arm_name: str, seed: int) -> dict[Framework, Ref]:
        run, own = self.run(arm_name, seed), self.study.arms[arm_name].framework
        (other,) = (framework for framework in FRAMEWORKS if framework != own)
        name = f"{other}-of-{run.name}"
        by_other = self.add("predictions", name, {}, "predict.py", [run, self.tensors(arm_name)], other)
        return {own: self.predictions(run, arm_name, seed), other: by_other}

    def is_described(self, arm: Arm) -> bool:
        return isinstance(self.study.networks[arm.network], DescribedNetwork)

    def summary_spec(self, results: Mapping[tuple[str, int], Results], tensors: Mapping[str, Ref]) -> dict[str, Any]:
        trained = {}
        for name, ref in tensors.items():
            runs = [{"seed": seed, **lineages(result)} for (arm, seed), result in results.items() if arm == name]
            own = name if name in self.study.study.arms else self.experiments.trainings[name].arm
            trained[name] = {**self.arm_in_summary(own, ref, runs), "name": name}
        experiments = [arm for name, arm in trained.items() if name not in self.study.study.arms]
        return {
            "document": self.study.document.model_dump(mode="json"),
            "protocols": self.study.claims.model_dump(mode="json")["protocols"].get("document", {}),
            "arms": [trained[name] for name in self.study.study.arms],
            **({"experiments": experiments} if experiments else {}),
        }

    def arm_in_summary(self, name: str, tensors: Ref, runs: list[dict[str, Any]]) -> dict[str, Any]:
        arm = self.study.arms[name]
        dataset = self.study.datasets[arm.dataset]
        weights = self.study.weights[arm.weights.file] if isinstance(arm.weights, FileWeights) else None
        return {
            "section": arm.section,
            "document": arm.document.model_dump(mode="json") if arm.document else None,
            "tensors": tensors.lineage,
            "runs": runs,
            "leaks": [leak.model_dump(mode="json") for leak in leaks_of(self.study, name)],
            "input_notes": [note.model_dump(mode="json") for note in self.study.input_notes(name)],
            "checksum": dataset.archive.checksum if isinstance(dataset, Cifar10) else None,
            "weights_checksum": weights.checksum if weights else None,
            "source": arm.weights.arm if isinstance(arm.weights, ArmWeights) else None,
            "origin": origin.model_dump(mode="json") if (origin := self.study.origin(name)) else None,
        }

    def report_formats(self) -> list[tuple[Language, str]]:
        report = self.study.report
        return [(language, format_) for language in report.languages for format_ in report.formats]

    def audit_spec(self, results: Mapping[tuple[str, int], Results]) -> dict[str, Any]:
        study = self.study
        return {
            "runs": [
                {"arm": arm, "seed": seed, "predictions": result["predictions"].lineage}
                for (arm, seed), result in results.items()
            ],
            "evaluation": study.evaluation.model_dump(mode="json", exclude={"calibration_bins"}),
            "claims": study.claims.model_dump(mode="json"),
            "cohort": study.cohort.model_dump(mode="json"),
            **({"bridges": dumped(map(without_labels, self.experiments.bridges))} if self.experiments.bridges else {}),
            **({"controls": dumped(self.experiments.controls)} if self.experiments.controls else {}),
        }

    def report(self, summary: Ref, audit: Ref, language: Language, format_: str) -> Ref:
        figures = self.figures(summary, audit, language)
        spec = {
            "language": language,
            "format": format_,
            "study_name": self.study.study.name,
            "labels": self.labels(language),
            "bridges": self.bridges(language),
            "template": template_digest(language),
        }
        return self.add("reports", f"{language}-{format_}", spec, "report.py", [summary, audit, figures])

    def figures(self, summary: Ref, audit: Ref, language: Language) -> Ref:
        study = self.study
        arms = {name: convolves(study.networks[study.arms[name].network]) for name in study.study.arms}
        spec = {
            "language": language,
            "labels": self.labels(language),
            "bridges": self.bridges(language),
            "figures": figure_names(arms, [bridge.name for bridge in self.experiments.bridges]),
            "words": figures_digest(language),
        }
        return self.add("figures", language, spec, "figures.py", [summary, audit])

    def bridges(self, language: Language) -> list[dict[str, Any]]:
        """What the bridges and their steps are called in a language."""
        return dumped(bridge_names(bridge, language) for bridge in self.experiments.bridges)

    def labels(self, language: Language) -> dict[str, str]:
        """What all arms that are trained are called in a language."""
        arms = dict.fromkeys([*self.study.study.arms, *(arm for arm, _ in self.runs)])
        return {name: (self.study.arms[name].label or {}).get(language, name) for name in arms}


def lineages(results: Mapping[Any, Ref]) -> dict[str, str]:
    """Of what was made, by what it is: how settings say which input is which."""
    return {what: ref.lineage for what, ref in results.items()}


def without_labels(bridge: BridgeSpec) -> BridgeSpec:
    """A bridge as it is judged, which does not depend on what it is called."""
    steps = tuple(step.model_copy(update={"label": None}) for step in bridge.steps)
    return bridge.model_copy(update={"label": None, "steps": steps})


def dumped(models: Iterable[SpecModel]) -> list[dict[str, Any]]:
    """Models as plain JSON values."""
    return [model.model_dump(mode="json") for model in models]


def network_name(spec: RunSpec) -> str:
    """A short name of a network that follows from its description: ``c5d3`` has 5 convolutions and 3 dense layers."""
    if isinstance(spec.network, DescribedNetwork):
        convolutions = sum(isinstance(layer, Conv) for layer in spec.network.layers)
        dense = sum(isinstance(layer, Dense) for layer in spec.network.layers)
        return f"c{convolutions}d{dense}"
    return spec.network.model.lower()
