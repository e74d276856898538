"""A job of the plan: what it makes, from what, with which code."""

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
    """Identifies one artefact of the store."""

    kind: str
    name: str
    """Readable, and derived from the settings."""
    lineage: str

    @property
    def folder(self) -> str:
        """The path below the store."""
        return f"{self.kind}/{self.name}-{self.lineage}"


@dataclass(frozen=True)
class Job:
    """A job; its lineage follows from everything but its name."""

    kind: str
    name: str
    spec: dict[str, Any]
    """All settings that determine the result, as plain JSON values."""
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
        """Return the job's only input of a kind."""
        (ref,) = self.inputs_of(kind)
        return ref

    def inputs_of(self, kind: str) -> list[Ref]:
        """Return the job's inputs of a kind, in the plan's order."""
        return [ref for ref in self.inputs if ref.kind == kind]

    def input_of(self, kind: str, lineage: str) -> Ref:
        """Return the input of a kind that the settings name by its lineage; raise StudyError if there is none."""
        for ref in self.inputs:
            if (ref.kind, ref.lineage) == (kind, lineage):
                return ref
        raise StudyError(
            f"--job: the settings name {kind} {lineage}, which is not among the inputs; take the job from the plan"
        )

    @property
    def network_input(self) -> Ref:
        """What a network is given: features of images, or the images themselves."""
        return (self.inputs_of("features") or self.inputs_of("tensors"))[0]

    def to_json(self) -> str:
        """Return the job as one line of ASCII JSON, which passes the shell in any locale."""
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
        """Read what ``to_json`` wrote; raise StudyError for anything else."""
        try:
            content = json.loads(text)
            inputs = tuple(Ref(*item) for item in content.pop("inputs"))
            return cls(**content, inputs=inputs)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise StudyError(f"--job: is not a job in JSON ({error}); take it from the plan") from error

    def check_code(self, program: Path, framework: str | None = None) -> None:
        """Refuse to run code other than the planned code."""
        found = code_digest(program, **chosen(self.spec, framework))
        if found != self.code:
            raise StudyError(
                f"{program.name}: the code changed after this job was planned (planned {self.code}, found {found}); "
                "nothing was run; run the snakemake command again"
            )


def chosen(spec: Mapping[str, Any], framework: str | None) -> dict[str, str]:
    """Return the choices in a job's settings that select code files by name; see ``lineage.code_digest``."""
    found = {} if framework is None else {"framework": framework}
    for key in ("optimiser", "schedule", "source"):
        value = spec.get(key)
        if isinstance(value, Mapping):
            found[key] = str(value["name"])
        elif isinstance(value, str):
            found[key] = value
    return found
