"""Lineage: a digest of everything that an artefact came from.

Two artefacts with equal lineage are the same thing, whatever they are called and whenever they were made.
"""

import ast
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "study"


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no optional white space; equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]


def code_digest(program: Path) -> str:
    """Digest of what a program runs: its syntax tree and those of all modules of ours that it imports, directly or not.

    Comments, layout and docstrings do not count. Imports inside functions count; data files do not.
    """
    return digest(code_files(program))


@cache
def code_files(program: Path) -> tuple[tuple[str, str], ...]:
    """The parts of ``code_digest``: path below the program's folder and digest of each file, sorted by path."""
    root = program.resolve().parent
    return tuple((str(file.relative_to(root)), _syntax(file)) for file in imported_files(program))


def imported_files(program: Path) -> list[Path]:
    """A program and all files of the package beside it that it imports, directly or not, sorted."""
    root = program.resolve().parent
    found: set[Path] = set()
    todo = [program.resolve()]
    while todo:
        file = todo.pop()
        if file not in found:
            found.add(file)
            todo += [_file(root, module) for module in _imports(file) if _file(root, module).is_file()]
    return sorted(found)


def _file(root: Path, module: str) -> Path:
    base = root.joinpath(*module.split("."))
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


@cache
def _imports(file: Path) -> tuple[str, ...]:
    """Dotted names in the package that a file may import; ``from a import b`` may mean module a.b."""
    names: list[str] = []
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{file}: relative imports are not followed; write 'from {PACKAGE}. ...'")
            names += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(name for name in names if name.split(".")[0] == PACKAGE)


@cache
def _syntax(file: Path) -> str:
    """Digest of a file's syntax tree without docstrings and other statements that are only a constant."""
    return digest(_plain(_tree(file)))


def _plain(node: Any) -> Any:
    """A syntax tree as plain lists, alike under all Python versions (``ast.dump`` is not)."""
    if isinstance(node, ast.AST):
        fields = ((name, _plain(value)) for name, value in ast.iter_fields(node))
        return [type(node).__name__, *([name, value] for name, value in fields if value not in (None, []))]
    if isinstance(node, list):
        return [_plain(item) for item in node if not _is_bare_constant(item)]
    return node if node is None or isinstance(node, str) else repr(node)


def _is_bare_constant(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
