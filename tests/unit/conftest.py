"""What tests of the report's words share."""

import pytest

from support.audited import summary_and_audit
from support.rendered import Study
from support.synthetic_arms import document_arms


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Two seeds of the document's arms; tests change copies of it only."""
    return summary_and_audit(tmp_path_factory.mktemp("words"), document_arms((0, 1)))
