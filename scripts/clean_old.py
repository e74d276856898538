"""List what no configuration in config/ needs, with sizes, and remove it after a typed yes."""

import argparse
import shutil
from pathlib import Path

from study.errors import program
from study.inspection.cleaning import leftovers, read_studies
from study.inspection.estimates import format_bytes
from study.store.holder import hold_folder


@program
def main() -> None:
    """All configurations in; the list out, and what is on it removed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    arguments = parser.parse_args()
    with hold_folder(Path.cwd()):
        found = leftovers(read_studies(Path("config")))
        for item in found:
            print(f"{format_bytes(item.size):>10}  {item.path}")
        if not found:
            print("Nothing to remove: some configuration in config/ needs everything that is there.")
        elif arguments.yes or confirmed(f"Remove {format_bytes(sum(item.size for item in found))}? Type yes: "):
            for item in found:
                if item.path.is_dir():
                    shutil.rmtree(item.path)
                else:
                    item.path.unlink()
            print("Removed.")
        else:
            print("Nothing was removed.")


def confirmed(question: str) -> bool:
    """Whether the answer is yes; no answer is a no."""
    try:
        return input(question).strip() == "yes"
    except EOFError:
        return False


if __name__ == "__main__":
    main()
