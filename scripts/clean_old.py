"""List what neither a configuration in config/ nor a command that ran here needs, and remove it once confirmed."""

import argparse
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from study.errors import program
from study.inspection.cleaning import leftovers, read_studies, results_of, superseded
from study.inspection.commands import latest, read_commands
from study.inspection.study import InspectedStudy
from study.inspection.units import format_bytes
from study.store.holder import hold_folder, hold_results


@program
def main() -> None:
    """Print the list, ask, and remove what is on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    arguments = parser.parse_args()
    with ExitStack() as held:
        held.enter_context(hold_folder(Path.cwd()))
        studies = read_studies(Path("config"))
        for results in results_of(studies):
            if results.is_dir():
                held.enter_context(hold_results(results))
        found = leftovers(studies)
        for item in found:
            print(f"{format_bytes(item.size):>10}  {item.path}{f'  ({item.words})' if item.words else ''}")
        say_what_is_needed(studies)
        if not found:
            print("Nothing to remove: everything here is needed.")
        elif arguments.yes or confirmed(f"Remove {format_bytes(sum(item.size for item in found))}? Type yes: "):
            for item in found:
                remove(item.path)
            for results in results_of(studies):
                for command in superseded(results):
                    command.note.unlink()
            print("Removed.")
        else:
            print("Nothing was removed.")


def say_what_is_needed(studies: Sequence[InspectedStudy]) -> None:
    """Print what keeps things off the list."""
    print("Kept: what a configuration in config/ needs, and what the last run of a command on the same results needed:")
    for results in results_of(studies):
        for command in latest(read_commands(results)):
            print(f"  {command} (to drop it, delete {command.note})")


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def confirmed(question: str) -> bool:
    """Return whether the answer is yes; no answer means no."""
    try:
        return input(question).strip() == "yes"
    except EOFError:
        return False


if __name__ == "__main__":
    main()
