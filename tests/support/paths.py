"""Where the project's files and the tests' own programs are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
CONFIG = ROOT / "config"
SUPPORT = Path(__file__).parent

KILL_AT = str(SUPPORT / "kill_at.py")
"""Before a number, a folder and a program: kills the program before a change to a file; its text says more."""
WAIT_AT = str(SUPPORT / "wait_at.py")
"""Before a gate, a name and a program: lets the program wait at a file; its text says more."""
MODULES = f"{SCRIPTS}:{ROOT / 'tests'}"
"""PYTHONPATH of a program that takes modules of the project and of the tests."""
