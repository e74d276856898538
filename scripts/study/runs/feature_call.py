"""Arguments and inputs of the programs that compute features."""

import argparse

from study.cli import Call, read_call
from study.data.staging import add_staging
from study.machine.computing import add_device
from study.machine.frameworks import add_framework
from study.runs.inputs import Inputs, read_inputs


def read_features_call(program: str, description: str | None) -> tuple[Call, Inputs, float]:
    """Parse the arguments and read the inputs; also return the limit of the features in GB."""
    call = read_call(program, description, "features", _add_arguments)
    return call, read_inputs(call.store, call.job, call.arguments.staging), call.arguments.limit


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_framework(parser)
    add_staging(parser)
    add_device(parser)
    parser.add_argument("--limit", type=float, required=True, help="GB that the features may take on disk")
