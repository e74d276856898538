"""What the programs that inspect a study share: its configuration, its plan and the place of its results."""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from study.config.load import merged_files, read_config, validate
from study.inspection.logs import LOGS
from study.plan.plan import Plan
from study.plan.planner import make_plan
from study.store.jobs import Ref

ROOT = Path(__file__).resolve().parents[3]
"""The folder of the Snakefile."""


@dataclass(frozen=True)
class InspectedStudy:
    """A study as its configuration and code are now."""

    configuration: tuple[Path, ...]
    """Configuration files as given to Snakemake; empty: the default."""
    plan: Plan

    @property
    def results(self) -> Path:
        """Folder for everything that the study makes."""
        return Path(self.plan.study.results)

    @property
    def store(self) -> Path:
        """Folder of all artefacts."""
        return self.results / "store"

    @cached_property
    def stored(self) -> tuple[Ref, ...]:
        """What is in the store, complete or not."""
        return tuple(folders_of(self.store))


def read_study(configuration: Sequence[Path]) -> InspectedStudy:
    """Read and plan a study; StudyError if its configuration describes none."""
    study = validate(read_config(configuration), merged_files(configuration))
    return InspectedStudy(tuple(configuration), make_plan(study, ROOT))


def read_arguments(
    description: str | None, add_arguments: Callable[[argparse.ArgumentParser], None] | None = None
) -> tuple[InspectedStudy, argparse.Namespace]:
    """Parse the arguments of a program that inspects one study; ``add_arguments`` may add its own."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--configfile", nargs="+", type=Path, default=[], help="as given to snakemake (default: config/config.yaml)"
    )
    if add_arguments is not None:
        add_arguments(parser)
    arguments = parser.parse_args()
    return read_study(arguments.configfile), arguments


def folders_of(parent: Path) -> list[Ref]:
    """Return the folders below ``parent`` named ``KIND/NAME-LINEAGE``, sorted; any others are somebody's own."""
    folders = sorted(path for path in parent.glob("*/*-*") if path.is_dir())
    refs = [Ref(folder.parent.name, *folder.name.rpartition("-")[::2]) for folder in folders]
    return [ref for ref in refs if ref.kind in LOGS and re.fullmatch("[0-9a-f]{16}", ref.lineage)]
