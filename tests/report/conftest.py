"""The document's four arms: their summary and audit, and their figures, drawn once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from study.audit.files import Audit
from study.evaluation.files import Summary
from study.reporting.document import figure_paths
from support.audited import summary_and_audit
from support.reports import draw
from support.synthetic_arms import document_arms


@dataclass(frozen=True)
class Drawn:
    """A folder with figures."""

    folder: Path
    names: list[str]

    def paths(self) -> dict[str, Path]:
        """Their files by name."""
        return dict(figure_paths(self.folder, self.names))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Audit]:
    """A study of all the document's arms; tests change copies of it only."""
    return summary_and_audit(tmp_path_factory.mktemp("full"), document_arms())


@pytest.fixture(scope="session")
def drawn(full: tuple[Summary, Audit], tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """Its figures; tests read them only."""
    folder = tmp_path_factory.mktemp("drawn") / "figures"
    return Drawn(folder, draw(folder, *full))
