# What all stages share: the plan, and from it each job's description, inputs and outputs.
import os
import uuid
from contextlib import suppress
from functools import cache

from study.machine.environment import make_own
from study.inspection.commands import note_command
from study.inspection.logs import log_of
from study.machine.interpreters import interpreter
from study.plan.planner import FILES, MODEL, Plan, changes_files, make_plan
from study.config.folders import check_writable
from study.config.load import validate
from study.store.artefacts import SIDECAR
from study.store.files import write_text
from study.store.holder import hold_folder, hold_results
from study.runs.finished import after_jobs, before_jobs, forget

try:
    PLAN = make_plan(validate(config), ROOT)
except StudyError as error:
    sys.exit(f"error: {error}")

# The same in all jobs of one command: tells a program an automatic retry from a new command.
os.environ.setdefault("STUDY_SESSION", uuid.uuid4().hex)

RESULTS = str(Path(PLAN.study.results))
STORE = f"{RESULTS}/store"
make_own(os.environ, Path(RESULTS))
SCRIPTS = ROOT / "scripts"


def python_for(framework: str | None = None) -> Path:
    """The Python that runs a program: the configuration's, that of a deployed environment, or this one.

    A path, since Snakemake looks for wildcards in parameters that are texts.
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


def outputs_of(job) -> list[str]:
    """The files of the artefact that a job makes."""
    return [f"{STORE}/{job.ref.folder}/{name}" for name in PLAN.targets(job)]


def published_files() -> list[str]:
    """The files of a study under their readable names."""
    return [
        *(
            f"{RESULTS}/report/{name}"
            for name in (*PLAN.published.spec["report"], *changes_files(PLAN.published))
        ),
        *(f"{RESULTS}/summary/{name}" for name in (*FILES["summary"], *FILES["audit"])),
    ]


def hold_all() -> None:
    """Hold this folder and the results until the command ends, or end it with a sentence that names the holder."""
    try:
        check_writable(Path(RESULTS))
        # Kept on the workflow, so that both are held for as long as it is there.
        workflow.held = [hold_folder(Path.cwd()), hold_results(Path(RESULTS))]
    except StudyError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(
            f"error: {error.filename}: the folder cannot be held ({error.strerror})"
        )


def note_what_runs() -> None:
    """Note what this command needs, for `make clean-old`."""
    given = list(workflow.overwrite_configfiles)
    files = [file for file in workflow.configfiles if file not in given] + given
    note_command(PLAN, files, dict(workflow.config_settings.config), Path.cwd())


def trained_run(job):
    """The run that a job of Snakemake's trains; None for other jobs."""
    if job.rule.name not in ("train_pytorch", "train_tensorflow"):
        return None
    return planned("runs", job.wildcards.artefact).ref


def say_restored() -> None:
    """Say which runs this command did not train although it ran their jobs."""
    for ref, why in after_jobs(workflow.dag, Path(STORE), trained_run):
        label = PLAN.label(PLAN.by_folder[ref.folder])
        print(
            f"note: {label} was restored and not trained ({folder_name(ref)}): {why}",
            file=sys.stderr,
        )


# Snakemake starts no command for this, and deletes what another one may be making.
if (
    workflow.is_main_process
    and "--delete-all-output" in sys.argv
    and not {"-n", "--dry-run", "--dryrun"} & {*sys.argv}
):
    hold_all()
    for run in PLAN.served:
        forget(Path(STORE), run)


def folder_name(ref) -> str:
    """``name-lineage``: the wildcard of a kind's rule."""
    return ref.folder.split("/")[1]


def planned(kind, folder):
    """The job that makes an artefact.

    A job on a cluster reads configuration and code again when it starts, perhaps long after it was planned. The
    artefact's name holds the lineage of then: where that is no longer part of the plan, nothing is run.
    """
    try:
        return PLAN.job(kind, folder)
    except StudyError as error:
        # Where Snakemake finds no log of the rule, it does not show the cluster's either.
        with suppress(OSError):
            write_text(log_of(Path(RESULTS), kind, folder), f"error: {error}\n")
        sys.exit(f"error: {error}")


def description(kind, folder="{artefact}"):
    """A function of a rule's wildcards that gives the job's description, for the program's standard input."""
    return lambda wildcards: planned(kind, folder.format(**wildcards)).to_json()


def is_forced(job) -> bool:
    """Whether this command was told to make a job's artefact again (-R, -F, -f), by its rule or one of its files."""
    if not workflow.is_main_process or workflow.dag is None:
        return False
    asked = workflow.dag_settings
    files = {*asked.forcerun, *(asked.targets if asked.forcetargets else ())}
    folder = f"{STORE}/{job.ref.folder}"
    return any(
        maker.is_producer(f"{folder}/{SIDECAR}") for maker in workflow.dag.forcerules
    ) or any(Path(file).absolute().parent == Path(folder).absolute() for file in files)


@cache
def is_made_anew(folder) -> bool:
    """Whether what an artefact holds may change in this command: it is forced, or something that it comes from.

    Downloads and tensors hold, to the byte, what their lineage says, however often they are made.
    """
    job = PLAN.by_folder[folder]
    if job.kind in ("downloads", "tensors"):
        return False
    return is_forced(job) or any(is_made_anew(ref.folder) for ref in job.inputs)


def inputs_of(job):
    """Sidecars of a job's inputs, and the parameters that it reads of a run, which may not have been kept.

    They are ancient: lineage, which is part of every path, decides what has to run, and never a file's age. What is
    forced may come out otherwise than before, so that what depends on it follows.
    """
    needs_model = job.kind in ("features", "runs", "predictions")
    return [
        path if is_made_anew(ref.folder) else ancient(path)
        for ref in job.inputs
        for name in (
            [SIDECAR, MODEL] if needs_model and ref.kind == "runs" else [SIDECAR]
        )
        for path in [f"{STORE}/{ref.folder}/{name}"]
    ]


def inputs(kind, folder="{artefact}"):
    """A function of a rule's wildcards that gives the sidecars of the job's inputs."""
    return lambda wildcards: inputs_of(planned(kind, folder.format(**wildcards)))


def artefact(kind, *files, folder="{artefact}"):
    """Output paths of a rule: the named files and the sidecar, in the artefact's folder."""
    return [f"{STORE}/{kind}/{folder}/{name}" for name in (*files, SIDECAR)]


def in_report(path, category, caption, subcategory=None, **labels):
    """An output that Snakemake's own report shows."""
    return report(
        path,
        category=category,
        subcategory=subcategory,
        labels=labels,
        caption=f"../report/snakemake/{caption}.rst",
    )


def shown(kind, names, category, caption):
    """Output paths of a rule, each of which Snakemake's own report shows."""
    folder = f"{STORE}/{kind}/{{artefact}}"
    return [in_report(f"{folder}/{n}", category, caption, file=n) for n in names]


def drawing(name):
    """A figure as an output."""
    figure, _, arm = name.partition("-")
    return in_report(
        f"{STORE}/figures/{{language}}-{{lineage}}/{name}.svg",
        category="Figures",
        caption="figure",
        subcategory=arm or "all arms",
        figure=figure,
        language="{language}",
    )


def label(kind):
    """A function of a rule's wildcards that says which arms and seeds a job serves."""
    return lambda wildcards: PLAN.label(planned(kind, wildcards.artefact))


def download_sources(name) -> list[str]:
    """Addresses and local copy of a download as arguments; they are no part of its lineage."""
    download = PLAN.downloads[PLAN.job("downloads", name).ref]
    file = ["--file", download.file] if download.file else []
    return [*(part for url in download.urls for part in ("--url", url)), *file]


wildcard_constraints:
    artefact=r"[^/]+",
    filename=r"[^/]+",
    language="[a-z]+",
    format="[a-z]+",
    lineage="[0-9a-f]{16}",
