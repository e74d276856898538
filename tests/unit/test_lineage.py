import shutil
import subprocess
from pathlib import Path

import pytest

from study.store.jobs import Job, Ref
from study.store.lineage import canonical_json, code_digest, digest, imported_files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "study" / "room").mkdir(parents=True)
    for name in ("study/__init__.py", "study/room/__init__.py"):
        (tmp_path / name).touch()
    (tmp_path / "study/room/used.py").write_text("from study import deep\n\n\ndef f(x):\n    return x + 1\n")
    (tmp_path / "study/deep.py").write_text("LIMIT = 3\n")
    (tmp_path / "study/unused.py").write_text("LIMIT = 3\n")
    file = tmp_path / "program.py"
    file.write_text("import json\n\nfrom study.room.used import f\n\nprint(json.dumps(f(1)))\n")
    return file


def edited(program: Path, name: str, text: str) -> str:
    """The digest after one file of a copy of the program's folder has another content."""
    copy = program.parent / "copy"
    shutil.copytree(program.parent, copy)
    (copy / name).write_text(text)
    return code_digest(copy / program.name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("program.py", "import json\nfrom study.room.used import f\nprint(json.dumps(f(2)))\n"),
        ("study/room/used.py", "from study import deep\ndef f(x):\n    return x + 2\n"),
        ("study/deep.py", "LIMIT = 4\n"),
        ("study/deep.py", 'LIMIT = "3"\n'),
    ],
)
def test_a_change_anywhere_in_what_is_imported_changes_the_digest(program: Path, name: str, text: str) -> None:
    assert edited(program, name, text) != code_digest(program)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "program.py",
            '"""Docs."""\nimport json\nfrom study.room.used import f  # why\n\n\nprint( json.dumps(f(1)) )\n',
        ),
        ("study/room/used.py", 'from study import deep\ndef f(x):\n    """Add."""\n    return (x + 1)\n'),
        ("study/unused.py", "LIMIT = 4\n"),
    ],
)
def test_comments_docstrings_layout_and_unused_files_do_not_count(program: Path, name: str, text: str) -> None:
    assert edited(program, name, text) == code_digest(program)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_digest_is_the_same_under_every_python(version: str) -> None:
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], check=False).returncode:
        pytest.skip(f"there is no python{version} here")
    train = ROOT / "scripts" / "train_pytorch.py"
    imports = "from pathlib import Path; from study.store.lineage import code_digest"
    script = f"{imports}; print(code_digest(Path({str(train)!r})))"
    found = subprocess.run([python, "-c", script], cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    assert found.stdout.strip() == code_digest(train)


def rooms(program: str) -> set[str]:
    """Names of the folders that a program's modules are in, at every depth."""
    files = imported_files(ROOT / "scripts" / program)
    return {folder for file in files for folder in file.relative_to(ROOT / "scripts").parts[:-1]}


@pytest.mark.parametrize("program", ["train_pytorch.py", "predict_pytorch.py"])
def test_pytorch_programs_use_nothing_of_tensorflow(program: str) -> None:
    assert "pytorch" in rooms(program)
    assert not {"tensorflow", "evaluation", "reporting"} & rooms(program)


@pytest.mark.parametrize("program", ["train_tensorflow.py", "predict_tensorflow.py"])
def test_tensorflow_programs_use_nothing_of_pytorch(program: str) -> None:
    assert "tensorflow" in rooms(program)
    assert not {"pytorch", "evaluation", "reporting"} & rooms(program)


def test_package_files_are_empty_so_that_importing_a_package_runs_nothing() -> None:
    assert [f for f in (ROOT / "scripts/study").rglob("__init__.py") if f.read_text().strip()] == []


def test_equal_values_have_equal_text_whatever_the_order_of_keys() -> None:
    assert canonical_json({"b": 0.0001, "a": "ñ"}) == canonical_json({"a": "ñ", "b": 1e-4}) == '{"a":"ñ","b":0.0001}'


def test_a_jobs_lineage_follows_settings_code_and_inputs_but_not_its_name() -> None:
    base = Job("runs", "a", {"rate": 1}, "code", (Ref("tensors", "t", "1"),))
    assert base.lineage == Job("runs", "b", {"rate": 1}, "code", (Ref("tensors", "u", "1"),)).lineage
    others = [
        Job("runs", "a", {"rate": 2}, "code", base.inputs),
        Job("runs", "a", {"rate": 1}, "other", base.inputs),
        Job("runs", "a", {"rate": 1}, "code", (Ref("tensors", "t", "2"),)),
        Job("metrics", "a", {"rate": 1}, "code", base.inputs),
    ]
    assert len({base.lineage, *(job.lineage for job in others)}) == 5


def test_a_job_survives_its_json() -> None:
    job = Job("runs", "a", {"rate": 1e-4}, digest("x"), (Ref("tensors", "t", "1"),))
    assert Job.from_json(job.to_json()) == job
