# What jobs read of what other jobs made, and what runs again because that was made anew.
from functools import cache

from study.plan.plan import files_of


def is_forced(job) -> bool:
    """Whether this command was told to make a job's artefact again (-R, -F, -f), by its rule or one of its files."""
    if not workflow.is_main_process or workflow.dag is None:
        return False
    asked = workflow.dag_settings
    targets = {*asked.forcerun, *(asked.targets if asked.forcetargets else ())}
    folder = STORE_PLACE / job.ref.folder
    return any(
        maker.is_producer(str(folder / SIDECAR)) for maker in workflow.dag.forcerules
    ) or any(Path(file).absolute().parent == folder.absolute() for file in targets)


@cache
def is_made_anew(folder) -> bool:
    """Whether what an artefact holds may change in this command: it is forced, or something that it comes from.

    Downloads and tensors hold, to the byte, what their lineage says, however often they are made.
    """
    job = PLAN.by_folder[folder]
    if job.kind in ("downloads", "tensors"):
        return False
    return is_forced(job) or any(is_made_anew(ref.folder) for ref in job.inputs)


def files(job, kind, *names):
    """A function of a rule's wildcards: what its job reads of its inputs of a kind.

    These are the named files of each, or all that it has, and its sidecar, which says what it is and what the files'
    hashes are. They are ancient: lineage, which is part of every path, decides what has to run, and never a file's
    age. What is forced may come out otherwise than before, so that what depends on it follows.
    """

    def paths(wildcards):
        return [
            path if is_made_anew(ref.folder) else ancient(path)
            for ref in job(wildcards).inputs_of(kind)
            for name in dict.fromkeys(
                (*(names or files_of(PLAN.by_folder[ref.folder])), SIDECAR)
            )
            for path in [f"{STORE}/{ref.folder}/{name}"]
        ]

    return paths


def sources_of(job):
    """A function of a rule's wildcards: addresses and local copy of its job's download, which are not of its lineage."""

    def options(wildcards):
        download = PLAN.downloads[job(wildcards).ref]
        file = ["--file", download.file] if download.file else []
        return [*(part for url in download.urls for part in ("--url", url)), *file]

    return options
