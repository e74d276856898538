"""Give the study's results their readable names: report/, summary/ and runs/ in the results folder."""

import argparse
import json
from pathlib import Path

from study.cli import Call, read_call
from study.errors import program
from study.jobs import Ref
from study.reporting.changes import write_changes
from study.reporting.history import remember, snapshot
from study.reporting.publication import publish_copies, publish_runs, remove_older, remove_partial
from study.store.artefacts import drop_file, new_artefact, open_artefact, work_folder
from study.store.files import atomic, write_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The argument that only this program takes."""
    parser.add_argument("--results", required=True, type=Path, help="folder in which the readable names are made")


@program
def main() -> None:
    """Summary, audit, reports, runs, predictions and metrics in; readable names and published.json out."""
    call = read_call(__file__, __doc__, "published", add_arguments)
    job, store, results = call.job, call.store, call.arguments.results
    tables = [open_artefact(store, job.input(kind)) for kind in ("summary", "audit")]
    reports = {
        name: open_artefact(store, job.input_of("reports", lineage)) for name, lineage in job.spec["report"].items()
    }
    for ref in (Ref(*entry) for entry in job.spec["drop_models"]):
        for place in (store, work_folder(store, ref)):
            if (place / ref.folder).exists():
                drop_file(place, ref, "model.npz")
    runs = {
        (entry["arm"], entry["seed"]): [
            open_artefact(store, job.input_of(kind, entry[what]))
            for kind, what in (("runs", "run"), ("predictions", "predictions"), ("metrics", "metrics"))
        ]
        for entry in job.spec["runs"]
    }

    remove_older(store / job.ref.folder)
    remove_partial(results / "report")
    with new_artefact(store, job) as folder:
        published = [
            *publish_copies(results / "summary", [part.file(name) for part in tables for name in part.names], "*.csv"),
            *publish_copies(
                results / "report",
                [report.file(name) for name, report in reports.items()],
                "report.*",
            ),
            *publish_copies(results / "report", write_pages(folder, call), "changes.*"),
            *publish_runs(results / "runs", runs),
        ]
        relative = [str(path.relative_to(results)) for path in published]
        write_text(folder / "published.json", json.dumps(relative, indent=2) + "\n")


def write_pages(folder: Path, call: Call) -> list[Path]:
    """Write what changed since the study published before this one, as a page per language."""
    job, history = call.job, call.arguments.results / "history"
    summary, audit = job.input("summary"), job.input("audit")
    content, claims = (
        json.loads(open_artefact(call.store, ref).file(name).read_text(encoding="utf-8"))
        for ref, name in ((summary, "summary.json"), (audit, "claims.json"))
    )
    now = json.loads(json.dumps(snapshot(summary.lineage, audit.lineage, content, claims)))
    before = remember(history, now)
    pages = []
    for language, labels in job.spec["languages"].items():
        pages.append(folder / f"changes.{language}.html")
        with atomic(pages[-1]) as temporary:
            write_changes(temporary, language, labels, job.spec["confidence"], before, now)
    return pages


if __name__ == "__main__":
    main()
