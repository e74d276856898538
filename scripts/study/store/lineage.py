"""Lineage: a digest of everything that an artefact came from.

Two artefacts with equal lineage are the same thing, whatever they are called and whenever they were made.
"""

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "study"

OUTSIDE: Mapping[str, int] = {
    "study.cli": 1,
    "study.data.staging": 1,
    "study.errors": 1,
    "study.machine": 1,
    "study.recipe.base": 1,
    "study.recipe.choices": 1,
    "study.recipe.data": 1,
    "study.recipe.expectations": 1,
    "study.recipe.optimiser": 1,
    "study.recipe.optimisers": 1,
    "study.recipe.origins": 1,
    "study.recipe.recipe": 1,
    "study.recipe.run": 1,
    "study.recipe.schedule": 1,
    "study.recipe.schedules": 1,
    "study.recipe.shapes": 1,
    "study.recipe.source": 1,
    "study.recipe.sources": 1,
    "study.runs.checkpoints": 1,
    "study.runs.extension": 1,
    "study.runs.feature_call": 1,
    "study.runs.finished": 1,
    "study.runs.once": 1,
    "study.runs.record": 1,
    "study.runs.run_lease": 1,
    "study.runs.training_call": 1,
    "study.store": 1,
    "study.training.remedy": 1,
}
"""Rooms and modules whose code is not part of a lineage, with the format number that stands for it.

They handle operations (arguments, locks, files, messages, the machine) or declare settings, whose values are part of
lineages as settings. Raise the number if a change does affect a result, such as the way parameters are written: then
everything that uses the room is made again.
"""


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys and no optional white space; equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:16]


@cache
def code_digest(program: Path, **chosen: str) -> str:
    """Return the digest of a program: its syntax tree and those of all our modules that it imports, directly or not.

    Comments, layout, docstrings and messages do not count, nor do operations and mere declarations (``OUTSIDE``).
    Imports inside functions count, and so do imports by a name that contains something ``chosen``, such as
    ``import_module(f"study.training.schedules.{schedule}")``, but only of what was chosen. Imports under
    ``if TYPE_CHECKING`` and data files do not.
    """
    return digest(code_files(program, **chosen))


@cache
def code_files(program: Path, **chosen: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of ``code_digest``: path below the program's folder and digest of each file, sorted by path.

    Modules in ``OUTSIDE`` appear with their format number.
    """
    root = program.resolve().parent
    files, outside = _reached(program, chosen)
    digests = [(str(file.relative_to(root)), _read(file).syntax) for file in sorted(files)]
    return (*digests, *((name, f"format {OUTSIDE[name]}") for name in sorted(outside)))


def imported_files(program: Path, **chosen: str) -> list[Path]:
    """Return a program and all files of the package next to it that count as its code, sorted."""
    return sorted(_reached(program, chosen)[0])


def _reached(program: Path, chosen: Mapping[str, str]) -> tuple[set[Path], set[str]]:
    """Return the files that count, and the entries of ``OUTSIDE`` that they import."""
    root = program.resolve().parent
    found: set[Path] = set()
    outside: set[str] = set()
    todo = [program.resolve()]
    while todo:
        file = todo.pop()
        if file in found:
            continue
        found.add(file)
        for module in _read(file).imports:
            name = _named(module, chosen, file)
            stands_outside = next((part for part in OUTSIDE if name == part or name.startswith(f"{part}.")), None)
            # What is imported by a chosen name is run, also where its file declares settings beside that.
            if stands_outside is not None and name == module:
                outside.add(stands_outside)
            elif (path := _file(root, name)) is not None:
                todo.append(path)
    return found, outside


def _named(module: str, chosen: Mapping[str, str], file: Path) -> str:
    """Return the module's name with what was chosen in place of ``{names}``."""
    try:
        return module.format_map(chosen)
    except KeyError as error:
        raise ValueError(f"{file}: imports {module}, but no {error.args[0]} was chosen") from None


@cache
def _file(root: Path, module: str) -> Path | None:
    base = root.joinpath(*module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return path if path.is_file() else None


@dataclass(frozen=True)
class _Module:
    """The relevant parts of a file."""

    imports: tuple[str, ...]
    """Dotted names in the package that it may import; ``from a import b`` may mean module a.b.

    ``{name}`` marks a part that is chosen.
    """
    syntax: str
    """Digest of its syntax tree without docstrings and other bare constants."""


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
                names.append(_with_choices(node, file))
    return _Module(tuple(name for name in names if name.split(".")[0] == PACKAGE), digest(plain))


def _with_choices(name: ast.JoinedStr, file: Path) -> str:
    """Return the name of a module that is imported by name."""
    parts = []
    for part in name.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name | ast.Attribute):
            parts.append(f"{{{ast.unparse(part.value).split('.')[-1]}}}")
        else:
            raise ValueError(f"{file}: '{ast.unparse(name)}' is not followed; a choice must be a plain name")
    return "".join(parts)


def _plain(node: Any, imports: list[ast.AST], wordless: bool = False) -> Any:
    """Return a syntax tree as plain lists, the same in all Python versions (unlike ``ast.dump``); collect its imports.

    Whether a name is read or written (``ctx``) follows from its place and is left out. Planning spends much of its time
    here. Where ``wordless``, as in raised errors and messages, the words of strings are left out.
    """
    if isinstance(node, ast.Constant):
        return ["Constant", "words" if wordless and isinstance(node.value, str) else repr(node.value)]
    if isinstance(node, ast.AST):
        match node:
            case ast.Import() | ast.ImportFrom():
                imports.append(node)
            case ast.Call(func=ast.Name("import_module"), args=[ast.JoinedStr() as imported]):
                imports.append(imported)
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                imports = []  # only a type checker reads these
            case ast.Raise() | ast.Call(func=ast.Name("print") | ast.Attribute(value=ast.Name("work"), attr="say")):
                wordless = True
        plain: list[Any] = [type(node).__name__]
        for name in node._fields:
            value = getattr(node, name, None)
            if value is not None and value != [] and name != "ctx":
                plain += (name, _plain(value, imports, wordless))
        return plain
    if isinstance(node, list):
        return [_plain(item, imports, wordless) for item in node if not _is_bare_constant(item)]
    return node if node is None or isinstance(node, str) else repr(node)


def _is_bare_constant(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
