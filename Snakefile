# AlexNet challenge: a study as a workflow. `snakemake --cores 4 --resources gpu=1` runs all of it.
import gc

from snakemake.utils import min_version

min_version("9.14")

# Planning makes very many objects and drops few: looking for dropped ones as often as usual takes a tenth of its time.
gc.set_threshold(100_000)


include: "rules/configuration.smk"


# config/config.yaml is the study; a --configfile with arms of its own replaces it, any other is laid over it.
if "arms" not in config:

    configfile: OWN_CONFIG


report: "report/snakemake/workflow.rst"


include: "rules/common.smk"
include: "rules/inputs.smk"
include: "rules/outputs.smk"
include: "rules/data.smk"
include: "rules/features.smk"
include: "rules/train.smk"
include: "rules/evaluate.smk"
include: "rules/parity.smk"
include: "rules/audit.smk"
include: "rules/report.smk"


onstart:
    hold_all()
    note_what_runs()
    if not workflow.touch:
        before_jobs(
            workflow.dag,
            STORE_PLACE,
            trained_run,
            lambda run: is_remade(run.folder),
        )
    if not workflow.local_exec and "gpu" in workflow.global_resources:
        limit = workflow.global_resources["gpu"].value
        print(
            f"note: --resources gpu={limit} is meant for one machine; on a cluster it limits the study to that many GPU jobs at a time"
        )


onsuccess:
    say_restored()


onerror:
    try:
        # If its log is on the same disk, the job that failed could not say so itself.
        check_writable(RESULTS_PLACE)
    except (StudyError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
    say_restored()


rule all:
    default_target: True
    input:
        artefacts=missing_files,
        published=published_files(),
    message:
        "the study is complete"
