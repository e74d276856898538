"""What tests of trainings share."""

import pytest

from support.stopping import Training, training


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """A training that was never stopped; tests compare with it only."""
    straight = training("numpy", tmp_path_factory.mktemp("straight"))
    assert straight.run().returncode == 0
    return straight
