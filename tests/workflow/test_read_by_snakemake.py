"""What Snakemake itself makes of configurations: its own reader and formatter would take some for something else."""

import subprocess

import pytest

from support.workflow import TINY_FILE, Workflow, new_workflow

BRACES = """
study: {name: "{x} {wildcards.y} {{z"}
document: {title: "{t}"}
arms: {scratch_pytorch: {label: {es: "{a}", en: "{{b}}"}}}
"""
REFUSED = [
    ("threads: 1\nthreads: 2\n", "line 2: the key 'threads' is already in line 1; keep one of the two"),
    ("arms: {scratch_pytorch: {epochs: 010}}\n", "line 1: '010' is read as a different number than it looks"),
    ('{"threads": 1,\n"threads": 2}', "line 2: the key 'threads' is already in line 1"),
    ("2024-01-01: 1\n", "line 1: the key '2024-01-01' is not read as a string"),
    ("results: results/{arm}\n", "configuration: results: 'results/{arm}' has a brace"),
    (
        "arms: {pretrained_pytorch: {weights: {file: photographs}}}\n",
        "arms.pretrained_pytorch.weights: unknown key 'file'; known keys are arm; this block has 'arm' from "
        "config/tiny.yaml and 'file' from mine.yaml, as files are joined key by key",
    ),
    ('study: {name: "a\\0"}\n', "line 1: the text contains a character that cannot be printed"),
]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Workflow:
    """The workflow's files and the tiny configuration, with no results."""
    return new_workflow(tmp_path_factory.mktemp("configured") / "copy", TINY_FILE)


def dry_run(workflow: Workflow, overlay: str) -> subprocess.CompletedProcess[str]:
    (workflow.root / "mine.yaml").write_text(overlay, encoding="utf-8")
    files = ("--configfile", workflow.config, "mine.yaml")
    return workflow.call("-m", "snakemake", "--dry-run", "--quiet", "--cores", "1", *files)


@pytest.mark.parametrize(("overlay", "sentence"), REFUSED)
def test_what_does_not_mean_what_stands_there_is_refused_in_one_sentence(
    copied: Workflow, overlay: str, sentence: str
) -> None:
    finished = dry_run(copied, overlay)
    output = finished.stdout + finished.stderr
    assert finished.returncode == 1
    assert "Traceback" not in output
    (line,) = (line for line in output.splitlines() if line.startswith("error: "))
    assert sentence in line
    assert not copied.results.exists()


def test_a_key_that_stands_twice_on_the_command_line_is_refused(copied: Workflow) -> None:
    finished = copied.snakemake("--dry-run", "--config", "study={seeds: [1], seeds: [2]}")
    assert finished.returncode == 1
    assert "error: configuration: --config study: the key 'seeds' stands there twice; keep one" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_braces_in_names_and_labels_are_text(copied: Workflow) -> None:
    finished = dry_run(copied, BRACES)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_studys_own_configuration_is_read_as_strictly(copied: Workflow) -> None:
    copied.append("config/config.yaml", "threads: 3\n")
    finished = dry_run(copied, "staging: never\n")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    finished = copied.call("-m", "snakemake", "--dry-run", "--quiet", "--cores", "1")
    assert finished.returncode == 1
    assert "error: configuration config/config.yaml, line " in finished.stderr
    assert "the key 'threads' is already in line " in finished.stderr
