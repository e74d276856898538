"""The demo through profiles/slurm, checked by SLURM's own record of its jobs."""

import re
from itertools import pairwise
from pathlib import Path

from slurm.studies import ClusterStudy

THREADS = 2
"""The demo's, of a training or prediction."""
GPU_RULES = ("train_", "predict_", "extract_features_")
GPU_PROGRAMS = ("train.py", "predict.py", "extract_features.py")
SINGLE_PROCESSOR = {"preprocess", "evaluate_run", "aggregate", "parity"}


def test_the_report_is_there(demo: ClusterStudy) -> None:
    page = (demo.results / "report" / "report.es.html").read_text(encoding="utf-8")
    assert "Desde cero con PyTorch" in page
    assert (demo.results / "report" / "report.es.pdf").read_bytes().startswith(b"%PDF")
    assert demo.planned() == set()


def test_trainings_features_and_predictions_ask_for_the_gpu_and_get_it_one_after_the_other(demo: ClusterStudy) -> None:
    on_gpu = [job for job in demo.slurm_jobs() if job.rule.startswith(GPU_RULES)]
    assert len(demo.slurm_jobs("train_")) == 5
    assert {(job.gpus, job.cpus, job.state) for job in on_gpu} == {(1, THREADS, "COMPLETED")}
    assert {job.requested for job in on_gpu if job.rule.startswith("train_")} == {"gres:gpu:1"}
    assert {job.requested for job in on_gpu if not job.rule.startswith("train_")} == {"gres:gpu:1/node"}
    in_order = sorted(on_gpu, key=lambda job: job.start)
    assert all(earlier.end <= later.start for earlier, later in pairwise(in_order))


def test_other_jobs_ask_for_no_gpu(demo: ClusterStudy) -> None:
    others = [job for job in demo.slurm_jobs() if not job.rule.startswith(GPU_RULES)]
    assert {job.rule for job in others} >= SINGLE_PROCESSOR
    assert {(job.requested, job.gpus, job.cpus, job.state) for job in others} == {("", 0, 1, "COMPLETED")}


def test_report_and_publishing_run_where_snakemake_runs(demo: ClusterStudy) -> None:
    assert not {job.rule for job in demo.slurm_jobs()} & {"write_report", "publish"}
    assert {"write_report", "publish"} <= set(re.findall(r"Finished jobid: \d+ \(Rule: (\w+)\)", demo.output()))


def test_a_job_s_comment_names_what_it_makes(demo: ClusterStudy) -> None:
    assert {job.artefact for job in demo.slurm_jobs("train_")} == {path.name for path in demo.artefacts("runs")}


def test_trainings_features_and_predictions_need_no_network(demo: ClusterStudy) -> None:
    programs = (demo.root.parent / "without-network").read_text(encoding="utf-8").splitlines()
    ran = [program for program in programs if Path(program).name in GPU_PROGRAMS]
    assert len(ran) == len([job for job in demo.slurm_jobs() if job.rule.startswith(GPU_RULES)])


def test_tensors_are_read_from_a_copy_that_does_not_stay(demo: ClusterStudy) -> None:
    logs = [path.read_text(encoding="utf-8") for path in demo.results.glob("work/runs/*/train.log")]
    assert len(logs) == 5
    said = re.compile(r"^reading tensors from a copy in /dev/shm \(\d+\.\d MB\)$", re.MULTILINE)
    assert all(said.search(log) for log in logs)
    assert not list(Path("/dev/shm").glob("tensors-*"))


def test_libraries_keep_their_caches_with_the_results(demo: ClusterStudy) -> None:
    caches = demo.results / "work" / "cache"
    assert (caches / "keras" / "keras.json").exists()
    assert list((caches / "matplotlib").glob("fontlist*"))
