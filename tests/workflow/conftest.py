"""A copy of the workflow that has run a tiny study, for tests that change something and look at what follows."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.workflow import END, TINY_FILE, WHOLE, Workflow, jobs, new_workflow


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The tiny study, complete; tests change copies of it only."""
    workflow = new_workflow(tmp_path_factory.mktemp("finished") / "copy", TINY_FILE)
    assert (
        workflow.planned()
        == {"preprocess digits", "compute features for pretrained_pytorch seed 0"}
        | jobs(WHOLE, "scratch_pytorch seed 0", "scratch_tensorflow seed 0", "pretrained_pytorch seed 0")
        | END
    )
    workflow.run()
    return workflow


@pytest.fixture
def workflow(finished: Workflow, tmp_path: Path) -> Iterator[Workflow]:
    """A copy of the complete tiny study, to change."""
    yield finished.copy(tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy")
