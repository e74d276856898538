"""What the last attempt at a job left in its log."""

from pathlib import Path

from study.store.jobs import Ref

LOGS = {
    "downloads": "download/{artefact}.log",
    "tensors": "preprocess/{artefact}.log",
    "features": "features/{artefact}.log",
    "runs": "train/{artefact}.log",
    "predictions": "predict/{artefact}.log",
    "metrics": "evaluate/{artefact}.log",
    "parity_sides": "parity/{artefact}.log",
    "parity": "parity/{artefact}.log",
    "summary": "aggregate/{artefact}.log",
    "audit": "audit/{artefact}.log",
    "figures": "figures/{artefact}.log",
    "reports": "report/{artefact}.log",
    "published": "publish.log",
}
"""Where the rules write their logs, by what they make; their benchmarks follow the same scheme, as ``.tsv``."""

ENDINGS = ("error: ", "stopped: ")


def log_of(results: Path, kind: str, artefact: str) -> Path:
    """Return the log of the job that makes an artefact, given as ``name-lineage``."""
    return results / "logs" / LOGS[kind].format(artefact=artefact)


def last_error(results: Path, ref: Ref) -> str | None:
    """Return the line with which the last attempt at an artefact says that it failed; None if there is none."""
    try:
        text = log_of(results, ref.kind, Path(ref.folder).name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    lines = [line.strip() for line in text.splitlines()]
    sentences = [line for line in lines if line.startswith(ENDINGS)]
    if sentences:
        return sentences[-1].removeprefix("error: ")
    filled = [line for line in lines if line]
    return filled[-1] if any(line.startswith("Traceback ") for line in filled) else None
