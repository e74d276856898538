"""Compare two results folders, to check that a change of the code changes no result.

    python tests/compare_results.py BEFORE AFTER [--new-key augmentation]

Compares, of two complete studies of one configuration: histories, predictions and parameters of every run; metrics;
all tables, verdicts and pictures of the summary; the data of the figures; and the text of the reports. Left out is
what is another in every run (times, lineages, hosts, commits) and, in JSON, keys that are named as new. Prints what
differs; exit code 1 if anything does.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

OF_EVERY_RUN = re.compile(r"seconds|lineage|host|git_commit|images_per_second|versions?$|code|resumed|^run$")
LINEAGE = re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?:[0-9a-f]{4})?(?![0-9a-f])")  # and the commit, on paper
TIMES = re.compile(r"(\d+([.,]\d+)?\s*(s|min|h|ms)\b\s*)+")


def main() -> None:
    """Parse arguments, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--new-key", action="append", default=[], help="a key of JSON that only the new results have")
    arguments = parser.parse_args()
    compared, differing = 0, 0
    for name, one, other in parts(arguments.before, arguments.after, frozenset(arguments.new_key)):
        compared += 1
        if one != other:
            differing += 1
            print(f"differs: {name}{first_difference(one, other)}")
    print(f"{compared} parts compared, {differing} differ")
    sys.exit(1 if differing or not compared else 0)


def parts(before: Path, after: Path, new: frozenset[str]) -> Iterator[tuple[str, Any, Any]]:
    """The same part of both folders, by name."""
    names = {str(path.relative_to(folder)) for folder in (before, after) for path in files(folder)}
    for name in sorted(names):
        one, other = (content(folder / name, new) for folder in (before, after))
        yield name, one, other
    drawn = [{path.name: path for path in folder.glob("store/figures/*/*.csv")} for folder in (before, after)]
    for name in sorted(drawn[0].keys() | drawn[1].keys()):
        one, other = (content(found[name], new) if name in found else None for found in drawn)
        yield f"figures/{name}", one, other


def files(folder: Path) -> Iterator[Path]:
    """The published files that are compared."""
    yield from (path for path in folder.glob("runs/*/*/*") if path.name != "run.json")
    yield from (path for path in folder.glob("summary/*"))
    yield from folder.glob("report/report.*.html")


def content(path: Path, new: frozenset[str]) -> Any:
    """What a file holds, without what is another in every run; None if there is no such file."""
    if not path.exists():
        return None
    if path.suffix == ".json":
        return plain(json.loads(path.read_text(encoding="utf-8")), new)
    if path.suffix == ".csv":
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        kept = [name for name in table if not OF_EVERY_RUN.search(name)]
        if "quantity" in table:  # times of arms stand in rows
            table = table[~table["quantity"].str.contains("seconds")]
        return table[kept].to_csv(index=False)
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_csv(index=False)
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            return {name: (arrays[name].shape, arrays[name].tobytes()) for name in arrays.files}
    text = re.sub(r"<(script|svg)\b.*?</\1>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", text)
    return re.sub(r"\s+", " ", TIMES.sub("TIME ", LINEAGE.sub("LINEAGE", text)))


def plain(value: Any, new: frozenset[str]) -> Any:
    """JSON without the keys that are another in every run, and without new ones."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in new and not OF_EVERY_RUN.search(key)}
        return {key: plain(item, new) for key, item in kept.items()}
    if isinstance(value, list):
        return [plain(item, new) for item in value if not (isinstance(item, dict) and item.get("key") in new)]
    return LINEAGE.sub("LINEAGE", value) if isinstance(value, str) else value


def first_difference(one: Any, other: Any) -> str:
    """Where two texts or two values part, in a few words."""
    if one is None or other is None:
        return f": only {'after' if one is None else 'before'}"
    texts = [value if isinstance(value, str) else json.dumps(value, default=repr) for value in (one, other)]
    place = next((i for i, pair in enumerate(zip(*texts, strict=False)) if pair[0] != pair[1]), min(map(len, texts)))
    return f": ...{texts[0][max(0, place - 40) : place + 60]!r} then ...{texts[1][max(0, place - 40) : place + 60]!r}"


if __name__ == "__main__":
    main()
