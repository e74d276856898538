"""Changes to a file of an artefact as if it had been made so: its sidecar fits it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from study.store.artefacts import SIDECAR
from study.store.files import sha256
from study.store.jobs import Ref


def edit(store: Path, ref: Ref, name: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file of an artefact as if it had been made so."""
    folder = store / ref.folder
    (folder / name).write_bytes(change((folder / name).read_bytes()))
    sidecar = json.loads((folder / SIDECAR).read_text(encoding="utf-8"))
    sidecar["files"][name]["sha256"] = sha256(folder / name)
    (folder / SIDECAR).write_text(json.dumps(sidecar), encoding="utf-8")


def edit_sidecar(store: Path, ref: Ref, **changes: Any) -> None:
    path = store / ref.folder / SIDECAR
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def in_json(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def changed(content: bytes) -> bytes:
        value = json.loads(content)
        change(value)
        return json.dumps(value).encode()

    return changed


def in_history(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[bytes], bytes]:
    return lambda content: change(pd.read_csv(io.BytesIO(content))).to_csv(index=False).encode()


def in_predictions(change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[bytes], bytes]:
    return lambda content: change(pd.read_parquet(io.BytesIO(content))).to_parquet(index=False)
