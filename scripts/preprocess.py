"""Read a data set and write its tensor cache: images, labels and manifest."""

from pathlib import Path

from study.cli import Call, read_call
from study.data.sources import read_dataset
from study.data.tensor_writing import write_cache
from study.errors import program
from study.recipe.data import TensorSpec
from study.store.artefacts import new_artefact, open_artefact


def _archive(call: Call) -> Path | None:
    """Return the verified archive that the job reads, if it reads one."""
    if not call.job.inputs:
        return None
    download = open_artefact(call.store, call.job.input("downloads"))
    return download.file(download.spec["filename"])


@program
def main() -> None:
    """Run the job given in the arguments."""
    call = read_call(__file__, __doc__, "tensors")
    spec = TensorSpec.model_validate(call.job.spec)
    dataset = read_dataset(spec, _archive(call))
    with new_artefact(call.store, call.job) as folder:
        write_cache(folder, spec, dataset)


if __name__ == "__main__":
    main()
