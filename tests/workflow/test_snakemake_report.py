"""Snakemake's own report of a finished study."""

import zipfile
from pathlib import Path

from support.workflow import Workflow


def test_it_is_made_with_categories_labels_and_the_workflows_description(workflow: Workflow, tmp_path: Path) -> None:
    archive = tmp_path / "report.zip"
    finished = workflow.snakemake("--report", str(archive))
    assert finished.returncode == 0, finished.stderr
    with zipfile.ZipFile(archive) as opened:
        text = "".join(
            opened.read(name).decode("utf-8", errors="replace")
            for name in opened.namelist()
            if name.endswith((".html", ".js"))
        )
    for words in ("Document", "Figures", "Tables", "Verdicts", "AlexNet challenge, run again", "One figure of the"):
        assert words in text
    assert workflow.planned() == set()
