"""Lineage: a digest of everything that an artefact came from.

Two artefacts with equal lineage are the same thing, whatever they are called and whenever they were made.
"""

import ast
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "study"
ANY_FRAMEWORK = "{framework}"


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no optional white space; equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]


def code_digest(program: Path, framework: str | None = None) -> str:
    """Digest of what a program runs: its syntax tree and those of all modules of ours that it imports, directly or not.

    Comments, layout and docstrings do not count. Imports inside functions count, and those by name whose name holds
    the ``framework`` that the program is told to compute with, as ``import_module(f"study.{framework}.trainer")``.
    Imports under ``if TYPE_CHECKING`` and data files do not.
    """
    return digest(code_files(program, framework))


@cache
def code_files(program: Path, framework: str | None = None) -> tuple[tuple[str, str], ...]:
    """The parts of ``code_digest``: path below the program's folder and digest of each file, sorted by path."""
    root = program.resolve().parent
    return tuple((str(file.relative_to(root)), _read(file).syntax) for file in imported_files(program, framework))


def imported_files(program: Path, framework: str | None = None) -> list[Path]:
    """A program and all files of the package beside it that it imports, directly or not, sorted."""
    root = program.resolve().parent
    found: set[Path] = set()
    todo = [program.resolve()]
    while todo:
        file = todo.pop()
        if file not in found:
            found.add(file)
            names = [_named(module, framework, file) for module in _read(file).imports]
            todo += [path for name in names if (path := _file(root, name)) is not None]
    return sorted(found)


def _named(module: str, framework: str | None, file: Path) -> str:
    if ANY_FRAMEWORK not in module:
        return module
    if framework is None:
        raise ValueError(f"{file}: imports {module}, and no framework is given")
    return module.replace(ANY_FRAMEWORK, framework)


@cache
def _file(root: Path, module: str) -> Path | None:
    base = root.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return path if path.is_file() else None


@dataclass(frozen=True)
class _Module:
    """What matters of a file."""

    imports: tuple[str, ...]
    """Dotted names in the package that it may import; ``from a import b`` may mean module a.b.

    ANY_FRAMEWORK stands where a name holds the framework.
    """
    syntax: str
    """Digest of its syntax tree without docstrings and other statements that are only a constant."""


@cache
def _read(file: Path) -> _Module:
    imports: list[ast.AST] = []
    plain = _plain(ast.parse(file.read_text(encoding="utf-8"), filename=str(file)), imports)
    names: list[str] = []
    for node in imports:
        match node:
            case ast.Import():
                names += [alias.name for alias in node.names]
            case ast.ImportFrom(level=0):
                names += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            case ast.ImportFrom():
                raise ValueError(f"{file}: relative imports are not followed; write 'from {PACKAGE}. ...'")
            case ast.JoinedStr():
                names.append(_with_framework(node, file))
    return _Module(tuple(name for name in names if name.split(".")[0] == PACKAGE), digest(plain))


def _with_framework(name: ast.JoinedStr, file: Path) -> str:
    """The name of a module that is imported by name."""
    parts = []
    for part in name.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue) and ast.unparse(part.value).split(".")[-1] == "framework":
            parts.append(ANY_FRAMEWORK)
        else:
            raise ValueError(f"{file}: '{ast.unparse(name)}' is not followed; only a framework may be part of a name")
    return "".join(parts)


def _plain(node: Any, imports: list[ast.AST]) -> Any:
    """A syntax tree as plain lists, alike under all Python versions (``ast.dump`` is not); notes its imports.

    Whether a name is read or written (``ctx``) follows from where it stands and is left out. Planning spends much of
    its time here.
    """
    if isinstance(node, ast.Constant):
        return ["Constant", repr(node.value)]
    if isinstance(node, ast.AST):
        match node:
            case ast.Import() | ast.ImportFrom():
                imports.append(node)
            case ast.Call(func=ast.Name("import_module"), args=[ast.JoinedStr() as imported]):
                imports.append(imported)
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                imports = []  # of what only a type checker reads
        plain: list[Any] = [type(node).__name__]
        for name in node._fields:
            value = getattr(node, name, None)
            if value is not None and value != [] and name != "ctx":
                plain += (name, _plain(value, imports))
        return plain
    if isinstance(node, list):
        return [_plain(item, imports) for item in node if not _is_bare_constant(item)]
    return node if node is None or isinstance(node, str) else repr(node)


def _is_bare_constant(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
