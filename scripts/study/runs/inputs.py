"""What a training, or the pass through a frozen part, starts from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from study.data.staging import Staging, read_staged
from study.data.tensor_cache import TensorCache
from study.recipe.run import RunSpec
from study.store.artefacts import SIDECAR, open_artefact
from study.store.jobs import Job, Ref


@dataclass(frozen=True)
class Inputs:
    """What a training starts from."""

    spec: RunSpec
    cache: TensorCache
    weights: Path | None
    """File of the initial parameters, if the settings ask for one."""
    origins: Mapping[str, RunSpec] = field(default_factory=dict)
    """The runs that those went through, by folder, the nearest first, as far as they still exist."""


def read_inputs(store: Path, job: Job, staging: Staging = "never", say: Callable[[str], object] = print) -> Inputs:
    """Read and check the inputs of a run."""
    spec = RunSpec.model_validate(job.spec)
    cache = read_staged(open_artefact(store, job.network_input), staging, say)
    if spec.weights == "file":
        download = open_artefact(store, job.input("downloads"))
        return Inputs(spec, cache, download.file(download.spec["filename"]))
    if spec.weights == "run":
        source = job.input("runs")
        model = open_artefact(store, source).file("model.npz")
        return Inputs(spec, cache, model, dict(origins_of(store, source)))
    return Inputs(spec, cache, None)


def origins_of(store: Path, ref: Ref) -> Iterator[tuple[str, RunSpec]]:
    """Yield a run and those that its own initial parameters went through; the farther ones may be missing."""
    while (store / ref.folder / SIDECAR).is_file():
        artefact = open_artefact(store, ref)
        yield ref.folder, RunSpec.model_validate(artefact.spec)
        if not artefact.inputs_of("runs"):
            return
        (ref,) = artefact.inputs_of("runs")
