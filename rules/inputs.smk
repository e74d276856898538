# What jobs read from other jobs' outputs, and what runs again because those are made again.
from functools import cache

from study.plan.plan import files_of


def is_forced(job) -> bool:
    """Return whether this command must make a job's artefact again (-R, -F, -f), by its rule or one of its files."""
    if not workflow.is_main_process or workflow.dag is None:
        return False
    asked = workflow.dag_settings
    targets = {*asked.forcerun, *(asked.targets if asked.forcetargets else ())}
    folder = STORE_PLACE / job.ref.folder
    return any(
        maker.is_producer(str(folder / SIDECAR)) for maker in workflow.dag.forcerules
    ) or any(Path(file).absolute().parent == folder.absolute() for file in targets)


@cache
def is_remade(folder) -> bool:
    """Return whether an artefact's content may change in this command, because it or one of its inputs is forced.

    The content of downloads and tensors is determined by their lineage to the byte, however often they are made.
    """
    job = PLAN.by_folder[folder]
    if job.kind in ("downloads", "tensors"):
        return False
    return is_forced(job) or any(is_remade(ref.folder) for ref in job.inputs)


def files(job, kind, *names):
    """Return a function from a rule's wildcards to the files that its job reads from its inputs of a kind.

    These are the named files of each input, or all of them, and its sidecar, which identifies it and has the hashes of
    its files. They are marked ancient: lineage, which is part of every path, decides what has to run, never a file's
    age. A forced artefact may come out differently, so what depends on it runs again.
    """

    def paths(wildcards):
        return [
            path if is_remade(ref.folder) else ancient(path)
            for ref in job(wildcards).inputs_of(kind)
            for name in dict.fromkeys(
                (*(names or files_of(PLAN.by_folder[ref.folder])), SIDECAR)
            )
            for path in [f"{STORE}/{ref.folder}/{name}"]
        ]

    return paths


def download_options(job):
    """Return a function from a rule's wildcards to its download's addresses or local copy, which are not in its lineage."""

    def options(wildcards):
        download = PLAN.downloads[job(wildcards).ref]
        file = ["--file", download.file] if download.file else []
        return [*(part for url in download.urls for part in ("--url", url)), *file]

    return options
