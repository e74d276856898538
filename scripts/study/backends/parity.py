"""One framework's side of a certificate, from its job to its artefact."""

from importlib import import_module
from typing import cast

from study.backends.base import ParityModule, load_device
from study.cli import Call
from study.parity.files import read_side, write_side
from study.parity.side import trace_side


def write_parity_side(call: Call) -> None:
    """Compute what a certificate compares, in float64 on the CPU."""
    spec, cache = read_side(call.store, call.job)
    load_device(call.framework).set_up(call.threads, "float64")
    backend = cast(ParityModule, import_module(f"study.backends.{call.framework}.parity"))
    write_side(call.store, call.job, trace_side(backend.make_side(), spec, cache))
