# What all stages share: the plan, where its files go, and how rules call their programs.
import os
import uuid
from contextlib import suppress

from study.machine.environment import isolate_environment
from study.inspection.commands import note_command
from study.inspection.logs import log_of
from study.machine.interpreters import interpreter
from study.plan.plan import FILES, changes_files
from study.plan.planner import make_plan
from study.config.folders import check_writable
from study.config.load import validate
from study.store.artefacts import SIDECAR
from study.store.files import write_text
from study.store.holder import hold_folder, hold_results
from study.runs.finished import after_jobs, before_jobs, forget


def config_files() -> list[Path]:
    """The configuration files of this command, in the order in which they are laid over each other."""
    asked = [Path(file) for file in workflow.overwrite_configfiles]
    return [
        file for file in map(Path, workflow.configfiles) if file not in asked
    ] + asked


try:
    PLAN = make_plan(validate(config, config_files()), ROOT)
except StudyError as error:
    sys.exit(f"error: {error}")

# The same in all jobs of one command, so that a program can tell an automatic retry from a new command.
os.environ.setdefault("STUDY_SESSION", uuid.uuid4().hex)

# As rules write it; if this workflow is a module with a prefix, Snakemake puts that before every path of a rule.
RESULTS = str(Path(PLAN.study.results))
STORE = f"{RESULTS}/store"
# Where that actually is.
RESULTS_PLACE = Path(workflow.modifier.path_modifier.replace_prefix(RESULTS))
STORE_PLACE = RESULTS_PLACE / "store"
isolate_environment(os.environ, RESULTS_PLACE)
SCRIPTS = ROOT / "scripts"


wildcard_constraints:
    artefact=r"[^/]+",
    filename=r"[^/]+",
    language="[a-z]+",
    format="[a-z]+",
    lineage="[0-9a-f]{16}",


def python_for(framework: str | None = None) -> Path:
    """Return the Python that runs a program: the configuration's, that of a deployed environment, or this one.

    It is a Path, since Snakemake looks for wildcards in parameters that are strings.
    """
    if workflow.deployment_settings.deployment_method:
        return Path("python")
    try:
        return Path(
            interpreter(PLAN.study, framework, ROOT) if framework else sys.executable
        )
    except StudyError as error:
        sys.exit(f"error: {error}")


COMPUTING_OPTIONS = ["--staging", PLAN.study.staging, "--device", PLAN.study.device]
FEATURES_OPTIONS = ["--limit", str(PLAN.study.features_limit), *COMPUTING_OPTIONS]
TRAINING_OPTIONS = [
    "--end-with-parent",
    *("--checkpoint-seconds", str(PLAN.study.checkpoint_seconds)),
    *(["--keep-state"] if PLAN.study.keep_models == "all_with_state" else []),
    *COMPUTING_OPTIONS,
]
PYTHON = python_for()
PYTHON_PYTORCH = python_for("pytorch")
PYTHON_TENSORFLOW = python_for("tensorflow")


def folder_name(ref) -> str:
    """``name-lineage``: the wildcard of a kind's rule."""
    return ref.folder.split("/")[1]


def planned(kind, folder):
    """Return the job that makes an artefact.

    A job on a cluster reads configuration and code again when it starts, perhaps long after it was planned. The
    artefact's name contains the lineage of that time: if it is no longer part of the plan, nothing is run.
    """
    try:
        return PLAN.job(kind, folder)
    except StudyError as error:
        # Without a log of the rule, Snakemake does not show the cluster's either.
        with suppress(OSError):
            write_text(log_of(RESULTS_PLACE, kind, folder), f"error: {error}\n")
        sys.exit(f"error: {error}")


def job_of(kind, folder="{artefact}"):
    """Return a function from a rule's wildcards to its job in the plan."""
    return lambda wildcards: planned(kind, folder.format(**wildcards))


def given(job, python=PYTHON):
    """Return the parameters of every rule that calls a program; ``job`` is what ``job_of`` returns."""
    return dict(
        python=python,
        scripts=SCRIPTS,
        store=STORE_PLACE,
        job=lambda wildcards: job(wildcards).to_json(),
    )


def call(program, options="", announces=False):
    """Return a rule's command: one of our programs replaces the shell and reads its job from standard input.

    What it announces goes to Snakemake's output, everything else to the rule's log.
    """
    announcing, apart = ("--announce-to 3", "3>&2") if announces else ("", "")
    words = [
        f"exec {{params.python:q}} {{params.scripts:q}}/{program}",
        *("--store {params.store:q}", options, announcing, "--job -"),
        *(apart, "> {log:q} 2>&1", "<<'JOB'\n{params.job}\nJOB"),
    ]
    return " ".join(word for word in words if word)


def label(job):
    """Return a function from a rule's wildcards to the arms and seeds that its job serves."""
    return lambda wildcards: PLAN.label(job(wildcards))


def hold_all() -> None:
    """Hold this folder and the results until the command ends, or exit with a sentence that names the holder."""
    # Kept on the workflow, so that the holds live as long as it does; another module may hold the folder already.
    held = workflow.__dict__.setdefault("held", [])
    try:
        check_writable(RESULTS_PLACE)
        held += [] if held else [hold_folder(Path.cwd())]
        held.append(hold_results(RESULTS_PLACE))
    except StudyError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(
            f"error: {error.filename}: the folder cannot be held ({error.strerror}); check its permissions and the disk, and run the same command again"
        )


def note_what_runs() -> None:
    """Note what this command needs, for `make clean-old`."""
    options = dict(workflow.config_settings.config)
    note_command(PLAN, config_files(), options, Path.cwd(), RESULTS_PLACE)


def trained_run(job):
    """Return the run that a Snakemake job trains; None for other jobs, including those of another workflow."""
    folder = Path(job.output.get("sidecar", "")).parent
    made = PLAN.by_folder.get("/".join(folder.parts[-2:]))
    is_ours = made is not None and folder == STORE_PLACE / made.ref.folder
    return made.ref if is_ours and made.kind == "runs" else None


def say_restored() -> None:
    """Print which runs this command did not train although it ran their jobs."""
    for ref, why in after_jobs(workflow.dag, STORE_PLACE, trained_run):
        words = PLAN.label(PLAN.by_folder[ref.folder])
        print(
            f"note: {words} was restored and not trained ({folder_name(ref)}): {why}",
            file=sys.stderr,
        )


# Snakemake calls no handler for this, and would delete what another command may be making.
if (
    workflow.is_main_process
    and "--delete-all-output" in sys.argv
    and not {"-n", "--dry-run", "--dryrun"} & {*sys.argv}
):
    hold_all()
    for run in PLAN.served:
        forget(STORE_PLACE, run)
