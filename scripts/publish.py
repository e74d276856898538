"""Give the study's results their readable names: report/, summary/ and runs/ in the results folder."""

import argparse
import json
from pathlib import Path

from study.announcing import add_announcing, announcer
from study.cli import Call, read_call
from study.errors import program
from study.reporting.changes import write_changes
from study.reporting.history import remember, snapshot
from study.reporting.publication import RECORD, Contents, publish, remove_older, run_links
from study.runs.extension import STATE
from study.store.artefacts import drop_file, new_artefact, open_artefact, work_folder
from study.store.files import atomic, write_text
from study.store.jobs import Ref


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that only this program takes."""
    parser.add_argument("--results", required=True, type=Path, help="folder for the readable names")
    add_announcing(parser)


@program
def main() -> None:
    """Publish summary, audit, reports, runs, predictions and metrics under readable names; write published.json."""
    call = read_call(__file__, __doc__, "published", add_arguments)
    job, store, results = call.job, call.store, call.arguments.results
    tables = [open_artefact(store, job.input(kind)) for kind in ("summary", "audit")]
    reports = {
        name: open_artefact(store, job.input_of("reports", lineage)) for name, lineage in job.spec["report"].items()
    }
    for ref in (Ref(*entry) for entry in job.spec["drop_models"]):
        if (store / ref.folder).exists():
            drop_file(store, ref, "model.npz")
    for ref in (Ref(*entry) for entry in job.spec["drop_states"]):
        (work_folder(store, ref) / STATE).unlink(missing_ok=True)
    runs = {
        (entry["arm"], entry["seed"]): [
            open_artefact(store, job.input_of(kind, entry[what]))
            for kind, what in (("runs", "run"), ("predictions", "predictions"), ("metrics", "metrics"))
        ]
        for entry in job.spec["runs"]
    }

    with new_artefact(store, job) as folder:
        pages = write_pages(folder, call)
        copies = {
            "summary": [part.file(name) for part in tables for name in part.names],
            "report": [
                *(report.file(name) for name, report in reports.items()),
                *pages,
            ],
        }
        contents = Contents(
            {f"{place}/{file.name}": file for place, files in copies.items() for file in files},
            run_links(results, runs),
        )
        publish(results, contents, announcer(call.arguments))
        remove_older(store / job.ref.folder)
        write_text(folder / RECORD, json.dumps([*contents.copies, *contents.links], indent=2) + "\n")


def write_pages(folder: Path, call: Call) -> list[Path]:
    """Write what has changed since the previously published study, as a page per language."""
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
