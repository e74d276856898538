"""A plan: all jobs of a study, the files that each makes, and the arms and seeds that each serves."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from study.config.study import Study
from study.errors import StudyError
from study.recipe.data import Download
from study.reporting.figures.names import figure_files
from study.store.artefacts import SIDECAR
from study.store.jobs import Job, Ref

MODEL = "model.npz"

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
"""Files of each kind of artefact, apart from its sidecar. Jobs name the files of downloads, figures and reports, and
the pages that publishing adds."""


@dataclass(frozen=True)
class Plan:
    """All jobs of a study."""

    study: Study
    jobs: tuple[Job, ...]
    runs: dict[tuple[str, int], Ref]
    """Run of each arm and seed, including runs that only provide weights for others."""
    published: Job
    downloads: dict[Ref, Download] = field(default_factory=dict)
    """Source of each download."""
    programs: dict[str, tuple[Path, dict[str, str]]] = field(default_factory=dict)
    """By digest of the code: the program, and the code files that its job chooses by name."""
    repetitions: dict[tuple[str, int, int], Ref] = field(default_factory=dict)
    """Repeated runs, by arm, seed and repetition (from 1)."""

    @cached_property
    def by_folder(self) -> dict[str, Job]:
        """Jobs by the folder of their artefact."""
        return {job.ref.folder: job for job in self.jobs}

    @cached_property
    def served(self) -> dict[Ref, list[tuple[str, int]]]:
        """Arms and seeds by the run that gives their results; equal arms share one."""
        served: dict[Ref, list[tuple[str, int]]] = {}
        again = (((arm, seed), ref) for (arm, seed, _), ref in self.repetitions.items())
        for pair, ref in (*self.runs.items(), *again):
            served.setdefault(ref, []).append(pair)
        return served

    @cached_property
    def takers(self) -> dict[Ref, list[Ref]]:
        """Runs by the features that they use."""
        takers: dict[Ref, list[Ref]] = {}
        for run in self.served:
            for features in self.by_folder[run.folder].inputs_of("features"):
                takers.setdefault(features, []).append(run)
        return takers

    def targets(self, job: Job) -> list[str]:
        """Return the names of a job's files, sidecar included, that must exist when the study is complete."""
        dropped = [job.ref.kind, job.ref.name, job.ref.lineage] in self.published.spec["drop_models"]
        return [name for name in (*files_of(job), SIDECAR) if not (dropped and name == MODEL)]

    def job(self, kind: str, folder: str) -> Job:
        """Return the job that makes an artefact, given as ``name-lineage``; raise StudyError if there is none."""
        try:
            return self.by_folder[f"{kind}/{folder}"]
        except KeyError:
            raise StudyError(
                f"{kind}/{folder} is not part of the study as it is configured and coded now; "
                "the configuration or the code changed after this job was planned; run the snakemake command again"
            ) from None

    def label(self, job: Job) -> str:
        """Return the arms and seeds that a job serves, for logs."""
        if job.kind == "features":
            return some_of([words for run in self.takers[job.ref] for words in self._in_words(run)])
        while job.ref.kind != "runs":
            job = self.by_folder[job.input("predictions" if job.kind == "metrics" else "runs").folder]
        return ", ".join(self._in_words(job.ref))

    def _in_words(self, run: Ref) -> list[str]:
        repetition = self.by_folder[run.folder].spec.get("repetition", 0)
        again = {0: "", 1: ", again"}.get(repetition, f", again ({repetition})")
        return [f"{arm} seed {seed}{again}" for arm, seed in self.served[run]]


def some_of(words: list[str]) -> str:
    """Return a list in words: the first three are named, the others counted."""
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""
    return f"{', '.join(words[:3])}{more}"


def files_of(job: Job) -> tuple[str, ...]:
    """Return the names of the files that a job makes, apart from the sidecar."""
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
    """Return the names of the pages that say what changed since the last report."""
    return [f"changes.{language}.html" for language in published.spec["languages"]]
