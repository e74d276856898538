"""Artefacts on disk: one folder each, named by lineage, with a sidecar that says what it is.

The sidecar is written last: a folder without one is not an artefact.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from study.errors import StudyError
from study.store.files import TEMPORARY, atomic, remove_left_overs, sha256, write_text
from study.store.jobs import Job, Ref

SIDECAR = "sidecar.json"
KEYS = {"kind": str, "name": str, "lineage": str, "spec": dict, "code": str, "inputs": list, "files": dict}
"""The keys of a sidecar."""


@dataclass(frozen=True)
class Artefact:
    """A complete artefact."""

    folder: Path
    sidecar: dict[str, Any]

    @property
    def spec(self) -> dict[str, Any]:
        """The settings it was made with."""
        spec: dict[str, Any] = self.sidecar["spec"]
        return spec

    @property
    def lineage(self) -> str:
        """Its lineage, by which other artefacts' inputs name it."""
        lineage: str = self.sidecar["lineage"]
        return lineage

    @property
    def inputs(self) -> list[Ref]:
        """The artefacts it was made from."""
        return [Ref(*entry) for entry in self.sidecar["inputs"]]

    @property
    def names(self) -> list[str]:
        """The names of its files, except dropped ones."""
        return [name for name, entry in self.sidecar["files"].items() if not entry.get("dropped")]

    def inputs_of(self, kind: str) -> list[Ref]:
        """Return the inputs of one kind."""
        return [ref for ref in self.inputs if ref.kind == kind]

    @property
    def network_input(self) -> Ref:
        """What the network of a run or of predictions was given: features of images, or the images themselves."""
        return (self.inputs_of("features") or self.inputs_of("tensors"))[0]

    def file(self, name: str) -> Path:
        """Return the path of one of its files; raise StudyError if the content is not what was written."""
        path = self.folder / name
        entry = self.sidecar["files"].get(name)
        if entry is None:
            raise StudyError(
                f"{path}: the artefact has no such file; delete {self.folder} and run the snakemake command again"
            )
        if entry.get("dropped"):
            raise StudyError(f"{path}: the file was not kept (keep_models); delete {self.folder} to have it made again")
        if not path.is_file():
            raise StudyError(f"{path}: the file is missing; run the snakemake command again to make it")
        found = sha256(path)
        if found != entry["sha256"]:
            raise StudyError(
                f"{path}: the file is damaged (expected sha256 {entry['sha256']}, found {found}); "
                f"delete {self.folder} and run the snakemake command again"
            )
        return path


def work_folder(store: Path, ref: Ref) -> Path:
    """Return the folder for what a job needs to resume; it is next to the store, named by lineage, and not a result."""
    return store.parent / "work" / ref.folder


def open_artefact(store: Path, ref: Ref) -> Artefact:
    """Read an artefact's sidecar; raise StudyError if it is missing, unreadable or of another lineage."""
    folder = store / ref.folder
    path = folder / SIDECAR
    try:
        sidecar = json.loads(path.read_text(encoding="utf-8"))
        lineage = sidecar["lineage"]
        if not all(isinstance(sidecar[key], kind) for key, kind in KEYS.items()):
            raise TypeError
    except FileNotFoundError:
        raise StudyError(f"{path}: is missing, so {folder} is not complete; run the snakemake command again") from None
    except (ValueError, KeyError, TypeError):
        raise StudyError(f"{path}: is damaged; delete {folder} and run the snakemake command again") from None
    if lineage != ref.lineage:
        raise StudyError(
            f"{path}: has another lineage (expected {ref.lineage}, found {lineage}); "
            f"delete {folder} and run the snakemake command again"
        )
    return Artefact(folder, sidecar)


def is_complete(store: Path, ref: Ref, with_dropped: bool = False) -> bool:
    """Return whether an artefact exists with its files undamaged; ``with_dropped``: also those that may be dropped."""
    try:
        artefact = open_artefact(store, ref)
        for name in artefact.sidecar["files"] if with_dropped else artefact.names:
            artefact.file(name)
    except StudyError:
        return False
    return True


def place_artefact(ref: Ref, source: Path, store: Path) -> None:
    """Put a complete artefact of the store ``source`` into another store, by hard links where possible.

    Raises StudyError if one of its files is missing or damaged.
    """
    artefact = open_artefact(source, ref)
    files = [artefact.file(name) for name in artefact.names]
    remove_left_overs(store / ref.folder)
    for file in [*files, artefact.folder / SIDECAR]:
        target = store / ref.folder / file.name
        with atomic(target) as temporary:
            try:
                os.link(file, temporary)
            except OSError:
                shutil.copyfile(file, temporary)


def drop_file(store: Path, ref: Ref, name: str) -> None:
    """Remove a file of an artefact that is not to be kept, and record that in its sidecar."""
    artefact = open_artefact(store, ref)
    sidecar = artefact.sidecar
    sidecar["files"][name]["dropped"] = True
    write_text(artefact.folder / SIDECAR, json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n")
    (artefact.folder / name).unlink(missing_ok=True)


@contextmanager
def new_artefact(store: Path, job: Job) -> Iterator[Path]:
    """Yield the folder for a job's files; if the block succeeds, writing the sidecar completes the artefact.

    Files left there by killed writers are removed; those of running processes stay.
    """
    folder = store / job.ref.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SIDECAR).unlink(missing_ok=True)
    remove_left_overs(folder)
    yield folder
    files = {
        path.name: {"sha256": sha256(path), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
        if path.name != SIDECAR and not path.name.startswith(TEMPORARY)
    }
    sidecar = {
        "kind": job.kind,
        "name": job.name,
        "lineage": job.lineage,
        "spec": job.spec,
        "code": job.code,
        "inputs": [[ref.kind, ref.name, ref.lineage] for ref in job.inputs],
        "files": files,
    }
    write_text(folder / SIDECAR, json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n")
