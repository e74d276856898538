import shutil
import subprocess
from pathlib import Path

import pytest

from study.store import lineage
from study.store.jobs import Job, Ref
from study.store.lineage import canonical_json, code_digest, digest, imported_files
from support.paths import ROOT


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
    train = ROOT / "scripts" / "train.py"
    imports = "from pathlib import Path; from study.store.lineage import code_digest"
    script = f"{imports}; print(code_digest(Path({str(train)!r}), **{CHOSEN}))"
    found = subprocess.run([python, "-c", script], cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    assert found.stdout.strip() == code_digest(train, **CHOSEN)


CHOSEN = {"framework": "pytorch", "optimiser": "adam", "schedule": "constant"}
COMPUTING = ["train.py", "predict.py", "extract_features.py", "parity_side.py"]


def rooms(program: str, framework: str) -> set[str]:
    """The folders below ``study`` of all that a program runs."""
    study = ROOT / "scripts" / "study"
    files = imported_files(ROOT / "scripts" / program, **{**CHOSEN, "framework": framework})
    return {str(file.parent.relative_to(study)) for file in files if study in file.parents}


@pytest.mark.parametrize("program", COMPUTING)
@pytest.mark.parametrize(("framework", "other"), [("pytorch", "tensorflow"), ("tensorflow", "pytorch")])
def test_what_a_framework_computes_uses_nothing_of_the_other(program: str, framework: str, other: str) -> None:
    assert f"backends/{framework}" in rooms(program, framework)
    assert f"backends/{other}" not in rooms(program, framework)


@pytest.mark.parametrize("program", COMPUTING[:3])
@pytest.mark.parametrize("framework", ["pytorch", "tensorflow"])
def test_what_is_trained_does_not_depend_on_how_it_is_judged(program: str, framework: str) -> None:
    assert not {"parity", "evaluation", "audit", "reporting"} & rooms(program, framework)


def test_a_program_is_followed_into_its_own_framework_only(program: Path) -> None:
    for framework in ("one", "other"):
        (program.parent / "study" / framework).mkdir()
        (program.parent / "study" / framework / "part.py").write_text("from study import deep\n")
    program.write_text(
        "from importlib import import_module\n\n\n"
        'def run(call):\n    return import_module(f"study.{call.framework}.part")\n'
    )
    names = [str(file.relative_to(program.parent.resolve())) for file in imported_files(program, framework="other")]
    assert names == ["program.py", "study/__init__.py", "study/deep.py", "study/other/part.py"]
    with pytest.raises(ValueError, match="no framework was chosen"):
        imported_files(program)


def test_a_name_that_is_put_together_otherwise_is_refused(program: Path) -> None:
    program.write_text('from importlib import import_module\nfor n in "ab":\n    import_module(f"study.{n.upper()}")\n')
    with pytest.raises(ValueError, match="a choice must be a plain name"):
        imported_files(program)


JOBS: dict[str, tuple[str, dict[str, str]]] = {
    "PyTorch, Adam": ("train.py", CHOSEN),
    "PyTorch, SGD": ("train.py", CHOSEN | {"optimiser": "sgd"}),
    "PyTorch, plateau": ("train.py", CHOSEN | {"schedule": "reduce_on_plateau"}),
    "TensorFlow, Adam": ("train.py", CHOSEN | {"framework": "tensorflow"}),
    "PyTorch's predictions": ("predict.py", {"framework": "pytorch"}),
    "TensorFlow's predictions": ("predict.py", {"framework": "tensorflow"}),
    "PyTorch's features": ("extract_features.py", {"framework": "pytorch"}),
    "TensorFlow's features": ("extract_features.py", {"framework": "tensorflow"}),
    "tensors of CIFAR-10": ("preprocess.py", {"source": "cifar10"}),
    "tensors of digits": ("preprocess.py", {"source": "digits"}),
    "metrics": ("evaluate.py", {}),
}
TRAININGS = {name for name, (program, _) in JOBS.items() if program == "train.py"}
WITH_PYTORCH = {name for name in JOBS if name.startswith("PyTorch")}
WITH_TENSORFLOW = {name for name in JOBS if name.startswith("TensorFlow")}
PREDICTIONS = {name for name in JOBS if name.endswith("predictions")}
FRAMEWORKS = WITH_PYTORCH | WITH_TENSORFLOW

CONCERNED: dict[str, tuple[str, str, str, set[str]]] = {
    "a reworded error": ("backends/pytorch/trainer.py", "its optimiser lacks", "it is without", set()),
    "a reworded advice": ("training/remedy.py", "lower optimiser", "reduce optimiser", set()),
    "a reworded line of the log": ("runs/training.py", "resumes after epoch", "continues after epoch", set()),
    "a changed lock": ("machine/gpu_lock.py", "", "LOCKED = 2\n", set()),
    "a changed lease": ("store/lease.py", "", "LEASED = 2\n", set()),
    "how files are written": ("store/files.py", "", "WRITTEN = 2\n", set()),
    "a declaration that nothing chose": ("recipe/optimisers/lion.py", "", "X = 1\n", set()),
    "a network of a library that nothing chose": ("recipe/shapes.py", "", "CATALOGUE = CATALOGUE | {}\n", set()),
    "an optimiser that nothing chose": ("backends/pytorch/optimisers/lion.py", "", "def make(): ...\n", set()),
    "a schedule that nothing chose": ("training/schedules/cosine.py", "", "def after_epoch(): ...\n", set()),
    "a source that nothing chose": ("data/cifar100.py", "", "def read(): ...\n", set()),
    "PyTorch's Adam": ("backends/pytorch/optimisers/adam.py", "", "X = 1\n", {"PyTorch, Adam", "PyTorch, plateau"}),
    "TensorFlow's Adam": ("backends/tensorflow/optimisers/adam.py", "", "X = 1\n", {"TensorFlow, Adam"}),
    "the plateau's rule": ("training/schedules/reduce_on_plateau.py", "", "X = 1\n", {"PyTorch, plateau"}),
    "the loop": ("training/loop.py", "", "X = 1\n", TRAININGS),
    "a trainer": ("backends/pytorch/trainer.py", "", "X = 1\n", TRAININGS & WITH_PYTORCH),
    "the scoring of one framework": (
        "backends/tensorflow/scoring.py",
        "",
        "X = 1\n",
        {"TensorFlow, Adam", "TensorFlow's predictions"},
    ),
    "the scoring of the other": (
        "backends/pytorch/scoring.py",
        "",
        "X = 1\n",
        (TRAININGS & WITH_PYTORCH) | {"PyTorch's predictions"},
    ),
    "a network": ("backends/pytorch/network.py", "", "X = 1\n", WITH_PYTORCH),
    "preparing images": ("backends/tensorflow/inputs.py", "", "X = 1\n", WITH_TENSORFLOW),
    "resizing": ("data/resize.py", "", "X = 1\n", FRAMEWORKS | {"tensors of CIFAR-10", "tensors of digits"}),
    "reading CIFAR-10": ("data/cifar10.py", "", "X = 1\n", {"tensors of CIFAR-10"}),
    "initial values": ("recipe/initialisation.py", "", "X = 1\n", FRAMEWORKS),
    "metrics": ("evaluation/metrics.py", "", "X = 1\n", {"metrics"}),
}


@pytest.mark.parametrize("change", CONCERNED)
def test_a_change_concerns_what_it_can_change_and_nothing_else(change: str, tmp_path: Path) -> None:
    file, old, new, concerned = CONCERNED[change]
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "scripts" / "study" / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    assert old in text
    path.write_text(text.replace(old, new) if old else f"{text}\n\n{new}", encoding="utf-8")
    found = {
        name
        for name, (program, chosen) in JOBS.items()
        if code_digest(ROOT / "scripts" / program, **chosen) != code_digest(tmp_path / "scripts" / program, **chosen)
    }
    assert found == concerned


def forget() -> None:
    lineage.code_digest.cache_clear()
    lineage.code_files.cache_clear()


def test_the_formula_of_a_chosen_optimiser_concerns_the_certificates_and_no_training(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "scripts/study/recipe/optimisers/adam.py").open("a") as file:
        file.write("\nX = 1\n")

    def changes(program: str, optimiser: str) -> bool:
        chosen = CHOSEN | {"optimiser": optimiser}
        one, other = (code_digest(root / "scripts" / program, **chosen) for root in (ROOT, tmp_path))
        return one != other

    assert [changes(*job) for job in (("parity_side.py", "adam"), ("parity_side.py", "sgd"), ("train.py", "adam"))] == [
        *(True, False, False)
    ]


def test_a_raised_format_concerns_all_that_use_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: code_digest(ROOT / "scripts" / program, **chosen) for name, (program, chosen) in JOBS.items()}
    monkeypatch.setitem(lineage.OUTSIDE, "study.runs.checkpoints", 2)
    forget()
    after = {name: code_digest(ROOT / "scripts" / program, **chosen) for name, (program, chosen) in JOBS.items()}
    forget()
    assert {name for name in JOBS if before[name] != after[name]} == TRAININGS


def test_what_only_types_need_does_not_count(program: Path) -> None:
    program.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from study.room.used import f\n")
    assert imported_files(program) == [program.resolve()]


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
