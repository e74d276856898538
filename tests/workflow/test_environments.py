"""The workflow with an environment per framework, in a hostile account, and with two pretended GPUs."""

import itertools
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pandas as pd

from study.machine.gpus import Card
from study.machine.interpreters import record_interpreters
from support.hostile import hostile_account
from support.paths import SCRIPTS
from support.pretended import pretend_cards
from support.workflow import TINY_FILE, Workflow, new_workflow

TINY = TINY_FILE
TIMES = ["seconds", "images_per_second", "monitor_seconds"]
HIDING = """
import sys
from importlib.machinery import PathFinder
class Others(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in {hidden!r} else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Others
with open({used!r}, "a") as log:
    log.write(" ".join(sys.orig_argv) + "\\n")
"""


def environment_without(hidden: list[str], folder: Path) -> Path:
    """A virtual environment with the packages of this one but for some; notes in ``used`` what it runs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "hiding.py").write_text(HIDING.format(hidden=hidden, used=str(folder / "used")), encoding="utf-8")
    (packages / "this.pth").write_text(f"{sysconfig.get_path('purelib')}\nimport hiding\n", encoding="utf-8")
    return folder / "bin" / "python"


def test_each_framework_runs_in_its_own_environment_as_make_envs_notes_them(tmp_path: Path) -> None:
    workflow = new_workflow(tmp_path / "copy", TINY)
    pytorch = environment_without(["tensorflow", "keras"], tmp_path / "pytorch")
    tensorflow = environment_without(["torch", "torchvision"], tmp_path / "tensorflow")
    record_interpreters(workflow.root, {"pytorch": str(pytorch), "tensorflow": str(tensorflow)})
    workflow.run()
    used = {name: (tmp_path / name / "used").read_text(encoding="utf-8") for name in ("pytorch", "tensorflow")}
    for framework, other in (("pytorch", "tensorflow"), ("tensorflow", "pytorch")):
        assert f"--framework {framework}" in used[framework]
        assert f"--framework {other}" not in used[framework]
        assert all(program in used[framework] for program in ("train.py", "predict.py"))

    # The wrong way round, every program says what it lacks.
    workflow.configure(
        lambda config: config.update(
            interpreters={"pytorch": str(tensorflow), "tensorflow": str(pytorch)},
            study={**config["study"], "seeds": [1]},
        )
    )
    refused = workflow.snakemake()
    assert refused.returncode == 1
    for package, framework in (("torch", "pytorch"), ("tensorflow", "tensorflow")):
        sentence = f"error: {package} is not installed for this Python; install envs/{framework}.txt"
        assert sentence in refused.stdout + refused.stderr
    doctor = workflow.call("scripts/doctor.py", "--configfile", workflow.config)
    assert doctor.returncode == 1
    assert "BAD  PyTorch: torch is not installed for this Python" in doctor.stdout
    assert "BAD  TensorFlow: tensorflow is not installed for this Python" in doctor.stdout


def test_doctor_says_that_a_complete_study_can_run(workflow: Workflow) -> None:
    finished = workflow.call("scripts/doctor.py", "--configfile", workflow.config)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stdout.endswith("The study can run.\n")


def results(workflow: Workflow) -> dict[str, object]:
    """All that is computed, without what depends on the clock."""
    found: dict[str, object] = {}
    for path in sorted((workflow.results / "runs").rglob("*")):
        name = str(path.relative_to(workflow.results))
        if path.name == "history.csv":
            found[name] = pd.read_csv(path).drop(columns=TIMES).to_csv()
        elif path.name in ("model.npz", "predictions.parquet", "metrics.json"):
            found[name] = path.read_bytes()
    for name in ("claims.json", "intervals.csv"):
        found[name] = (workflow.results / "summary" / name).read_text(encoding="utf-8")
    for path in workflow.store.glob("figures/*/*.svg"):
        if path.name != "time.svg":
            found[path.name] = path.read_bytes()
    assert "accuracy.svg" in found
    return found


def test_no_setting_of_the_users_account_reaches_a_result(finished: Workflow, tmp_path: Path) -> None:
    hostile = new_workflow(tmp_path / "copy", TINY)
    variables = hostile_account(tmp_path / "home")
    variables["PYTHONPATH"] = str(tmp_path / "modules")
    (tmp_path / "modules").mkdir()
    # Not one that Snakemake itself imports.
    (tmp_path / "modules" / "torchvision.py").write_text("raise SystemExit('of the user')\n", encoding="utf-8")
    (tmp_path / "modules" / "keras.py").write_text("raise SystemExit('of the user')\n", encoding="utf-8")
    ran = hostile.snakemake(**variables)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert results(hostile) == results(finished)


def test_several_gpus_train_several_runs_at_once_each_on_its_own(tmp_path: Path) -> None:
    rule = """
rule all:
    input: expand("{n}.done", n=range(4))
rule train:
    output: "{n}.done"
    resources: gpu=1
    shell: "{sys.executable} train.py {wildcards.n} > {output}"
"""
    (tmp_path / "Snakefile").write_text("import sys\n" + rule, encoding="utf-8")
    (tmp_path / "train.py").write_text(
        "import json, pathlib, sys, time\n"
        f"sys.path.insert(0, {str(SCRIPTS)!r})\n"
        "from study.machine.gpu_lock import select\n"
        "with select('auto', lambda text: print(text, file=sys.stderr)) as selection:\n"
        "    began = time.monotonic()\n"
        "    pathlib.Path(f'{sys.argv[1]}.began').touch()\n"
        "    while len(list(pathlib.Path().glob('*.began'))) < 2:\n"  # until a second one trains beside this one
        "        time.sleep(0.01)\n"
        "    print(json.dumps([selection.card.key, began, time.monotonic()]))\n",
        encoding="utf-8",
    )
    variables: dict[str, str] = {}
    keys = [f"GPU-workflow-{tmp_path.name}-{number}" for number in (0, 1)]
    pretend_cards(tmp_path, [Card(key, "pretended", 2**30, "1") for key in keys], variables.__setitem__)
    command = ["-m", "snakemake", "--cores", "4", "--resources", "gpu=2"]
    finished = Workflow(tmp_path).call(*command, **variables)
    assert finished.returncode == 0, finished.stderr
    spans = [json.loads((tmp_path / f"{number}.done").read_text()) for number in range(4)]
    assert {key for key, *_ in spans} == set(keys)
    for key in keys:
        ordered = sorted((began, ended) for used, began, ended in spans if used == key)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(ordered))
    assert any(one[0] != other[0] and one[1] < other[2] and other[1] < one[2] for one in spans for other in spans), (
        "no two ran at the same time"
    )
