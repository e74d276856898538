"""The studies that the tests look at. All are started with the first test; most of their time is waiting."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from slurm import scenarios
from slurm.cluster import RUNNING
from slurm.scenarios import Edited
from slurm.studies import ClusterStudy

STARTED = (
    scenarios.demo,
    scenarios.stopped,
    scenarios.orphaned,
    scenarios.edited_in_queue,
    scenarios.edited_while_requeued,
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Never send jobs to a real cluster."""
    if RUNNING not in os.environ:
        for item in items:
            if item.path.parent.name == "slurm":
                item.add_marker(pytest.mark.skip(reason="runs on a cluster of its own: python tests/slurm/cluster.py"))


class Outcomes:
    """Waits for the end of a scenario, and gives what it gave."""

    def __init__(self, pool: ThreadPoolExecutor, folders: pytest.TempPathFactory) -> None:
        self.futures = {run.__name__: pool.submit(run, folders.mktemp(run.__name__)) for run in STARTED}

    def of(self, name: str) -> Any:
        return self.futures[name].result()


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcomes]:
    with ThreadPoolExecutor(len(STARTED)) as pool:
        yield Outcomes(pool, tmp_path_factory)


@pytest.fixture(scope="session")
def demo(outcomes: Outcomes) -> ClusterStudy:
    study: ClusterStudy = outcomes.of("demo")
    print("the demo's jobs, as SLURM recorded them:", *study.slurm_jobs(), sep="\n")
    return study


@pytest.fixture(scope="session")
def stopped(outcomes: Outcomes) -> ClusterStudy:
    study: ClusterStudy = outcomes.of("stopped")
    print("the stopped study's jobs, as SLURM recorded them:", *study.slurm_jobs(), sep="\n")
    return study


@pytest.fixture(scope="session")
def orphaned(outcomes: Outcomes) -> ClusterStudy:
    study: ClusterStudy = outcomes.of("orphaned")
    return study


@pytest.fixture(scope="session", params=["edited_in_queue", "edited_while_requeued"])
def edited(outcomes: Outcomes, request: pytest.FixtureRequest) -> Edited:
    outcome: Edited = outcomes.of(request.param)
    return outcome
