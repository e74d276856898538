"""Whether everything in a results folder is what was written."""

import json
from collections.abc import Iterator
from pathlib import Path

from study.errors import StudyError
from study.inspection.study import folders_of
from study.store.artefacts import SIDECAR, Artefact, open_artefact
from study.store.files import sha256
from study.store.jobs import Ref


def incomplete_artefacts(store: Path) -> list[Ref]:
    """Folders that hold files and no sidecar: of jobs that are running or were cut short."""
    return [
        ref
        for ref in folders_of(store)
        if not (store / ref.folder / SIDECAR).exists() and any((store / ref.folder).iterdir())
    ]


def damages(results: Path) -> Iterator[str]:
    """A sentence for each thing that is damaged or missing, with what to delete; reads every byte of the store."""
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
    """What was published under readable names must be there, and be what the artefacts hold."""
    try:
        names = json.loads(published.file("published.json").read_text(encoding="utf-8"))
        inputs = [open_artefact(results / "store", Ref(*entry)) for entry in published.sidecar["inputs"]]
    except StudyError:
        return  # said already
    hashes = {entry["sha256"] for artefact in (*inputs, published) for entry in artefact.sidecar["files"].values()}
    remedy = f"delete {published.folder} and give the snakemake command again"
    for path in (results / name for name in names):
        if not path.exists():
            yield f"{path}: the published file is missing; {remedy}"
        elif not path.is_symlink() and sha256(path) not in hashes:
            yield f"{path}: the published file is not what the study made; move it away or delete it, and {remedy}"
