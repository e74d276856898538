"""One job of the plan: what it makes, from what, by which code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from study.errors import StudyError
from study.store.lineage import code_digest, digest


@dataclass(frozen=True)
class Ref:
    """Names one artefact of the store."""

    kind: str
    name: str
    """Readable, and derived from the specification."""
    lineage: str

    @property
    def folder(self) -> str:
        """Path below the store."""
        return f"{self.kind}/{self.name}-{self.lineage}"


@dataclass(frozen=True)
class Job:
    """One job; its lineage follows from everything else but its name."""

    kind: str
    name: str
    spec: dict[str, Any]
    """Plain JSON values: all settings that decide the result."""
    code: str
    """Digest of the code of the program that runs it."""
    inputs: tuple[Ref, ...] = ()

    @cached_property
    def lineage(self) -> str:
        """Digest of the kind, the settings, the code and the lineages of all inputs."""
        return digest([self.kind, self.spec, self.code, [ref.lineage for ref in self.inputs]])

    @cached_property
    def ref(self) -> Ref:
        """The artefact that the job makes."""
        return Ref(self.kind, self.name, self.lineage)

    def input(self, kind: str) -> Ref:
        """The job's only input of a kind."""
        (ref,) = self.inputs_of(kind)
        return ref

    def inputs_of(self, kind: str) -> list[Ref]:
        """The job's inputs of a kind, in the plan's order."""
        return [ref for ref in self.inputs if ref.kind == kind]

    def input_of(self, kind: str, lineage: str) -> Ref:
        """The input of a kind that the settings name by its lineage; StudyError if there is none."""
        for ref in self.inputs:
            if (ref.kind, ref.lineage) == (kind, lineage):
                return ref
        raise StudyError(f"--job: the settings name {kind} {lineage}, which is not among the inputs")

    @property
    def network_input(self) -> Ref:
        """What a network is given: features of images, or the images themselves."""
        return (self.inputs_of("features") or self.inputs_of("tensors"))[0]

    def to_json(self) -> str:
        """One line of JSON in ASCII, as programs read it: it passes the shell, whatever the locale."""
        return json.dumps(
            {
                "kind": self.kind,
                "name": self.name,
                "spec": self.spec,
                "code": self.code,
                "inputs": [[ref.kind, ref.name, ref.lineage] for ref in self.inputs],
            },
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """Read what ``to_json`` wrote; StudyError if it is something else."""
        try:
            content = json.loads(text)
            inputs = tuple(Ref(*item) for item in content.pop("inputs"))
            return cls(**content, inputs=inputs)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise StudyError(f"--job: is not the description of a job ({error})") from error

    def check_code(self, program: Path, framework: str | None = None) -> None:
        """Refuse to run code other than the planned code."""
        found = code_digest(program, **chosen(self.spec, framework))
        if found != self.code:
            raise StudyError(
                f"{program.name}: the code changed after this job was planned (planned {self.code}, found {found}); "
                "nothing was run; give the snakemake command again"
            )


def chosen(spec: Mapping[str, Any], framework: str | None) -> dict[str, str]:
    """What a job's settings choose by name among files of code; see ``lineage.code_digest``."""
    found = {} if framework is None else {"framework": framework}
    for key in ("optimiser", "schedule", "source"):
        value = spec.get(key)
        if isinstance(value, Mapping):
            found[key] = str(value["name"])
        elif isinstance(value, str):
            found[key] = value
    return found
