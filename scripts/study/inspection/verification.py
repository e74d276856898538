"""Whether everything in a results folder is what was written."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from study.errors import StudyError
from study.inspection.study import InspectedStudy, folders_of
from study.store.artefacts import SIDECAR, Artefact, open_artefact
from study.store.files import sha256
from study.store.jobs import Ref


def incomplete_artefacts(store: Path) -> list[Ref]:
    """Return folders with files but no sidecar: their jobs are running or were interrupted."""
    return [
        ref
        for ref in folders_of(store)
        if not (store / ref.folder / SIDECAR).exists() and any((store / ref.folder).iterdir())
    ]


def damages(results: Path) -> Iterator[str]:
    """Yield a sentence per damaged or missing thing, with what to delete; reads every byte of the store."""
    store = results / "store"
    for ref in folders_of(store):
        if (store / ref.folder / SIDECAR).exists():
            try:
                artefact = open_artefact(store, ref)
            except StudyError as error:
                yield str(error)
                continue
            yield from _damaged_files(artefact)
            if ref.kind == "published":
                yield from _damaged_copies(results, artefact)


def _damaged_files(artefact: Artefact) -> Iterator[str]:
    for name in artefact.names:
        try:
            artefact.file(name)
        except StudyError as error:
            yield str(error)


def _damaged_copies(results: Path, published: Artefact) -> Iterator[str]:
    """Check that everything published under readable names exists, and equals the artefacts' files of that name."""
    try:
        names = json.loads(published.file("published.json").read_text(encoding="utf-8"))
    except StudyError:
        return  # reported already
    store = results / "store"
    hashes = _hashes_of_copies(store, published)
    remedy = f"delete {published.folder} and run the snakemake command again"
    for name in names:
        path = results / name
        if not path.exists():
            yield f"{path}: the published file is missing; {remedy}"
        elif name in hashes and sha256(path) != hashes[name]:
            yield f"{path}: the published file is not what the study made; move it away or delete it, and {remedy}"
        elif name.startswith("runs/") and Path(os.path.realpath(path)) not in _targets(store, published, name):
            yield f"{path}: does not lead to the study's file; delete it, and {remedy}"


def _hashes_of_copies(store: Path, published: Artefact) -> dict[str, str]:
    """Return the hash that each copy must have, as far as its origin exists."""
    folders = {"summary": "summary", "audit": "summary", "reports": "report"}
    found = {f"report/{name}": entry["sha256"] for name, entry in published.sidecar["files"].items()}
    for ref in published.inputs:
        if ref.kind in folders:
            with suppress(StudyError):
                files = open_artefact(store, ref).sidecar["files"]
                found |= {f"{folders[ref.kind]}/{name}": entry["sha256"] for name, entry in files.items()}
    return found


def _targets(store: Path, published: Artefact, name: str) -> set[Path]:
    """Return where a link ``runs/ARM/seed-N/FILE`` may lead: to that file of any artefact of that arm and seed."""
    _, arm, seed, file = Path(name).parts
    made = [run for run in published.spec["runs"] if (run["arm"], f"seed-{run['seed']}") == (arm, seed)]
    lineages = {run[key] for run in made for key in ("run", "predictions", "metrics")}
    folders = (store / ref.folder for ref in published.inputs if ref.lineage in lineages)
    return {Path(os.path.realpath(folder)) / file for folder in folders}


def missing(study: InspectedStudy) -> Iterator[str]:
    """Yield a sentence per missing artefact of a complete study; nothing while the study is incomplete."""
    if (study.store / study.plan.published.ref.folder / SIDECAR).exists():
        for job in study.plan.jobs:
            if not (study.store / job.ref.folder / SIDECAR).exists():
                yield f"{study.store / job.ref.folder}: is missing; run the snakemake command again to make it"
