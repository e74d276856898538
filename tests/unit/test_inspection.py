import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from study.errors import StudyError
from study.inspection.cleaning import leftovers, read_studies
from study.inspection.dry_run import PlannedJob
from study.inspection.estimates import Estimates
from study.inspection.logs import LOGS, last_error
from study.inspection.predecessors import Predecessors
from study.inspection.queue import QueuedJob, queued_jobs, read_queue
from study.inspection.reasons import explain
from study.inspection.study import InspectedStudy, folders_of, read_study
from study.inspection.units import format_bytes, format_seconds
from study.inspection.verification import damages, incomplete_artefacts, missing
from study.plan.differences import differences
from study.plan.plan import FILES
from study.store.artefacts import SIDECAR, new_artefact, open_artefact
from study.store.code import record_code, recorded_code
from study.store.jobs import Job, Ref
from support.paths import ROOT


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InspectedStudy:
    """The demo as it would be planned in an empty folder."""
    (tmp_path / "config").mkdir()
    demo = (ROOT / "config" / "demo.yaml").read_text(encoding="utf-8")
    (tmp_path / "config" / "config.yaml").write_text(demo, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return read_study([Path("config/config.yaml")])


def make(store: Path, job: Job, **files: str) -> Ref:
    with new_artefact(store, job) as folder:
        for name, text in files.items():
            (folder / name.replace("_json", ".json")).write_text(text, encoding="utf-8")
    return job.ref


def test_differences_are_told_by_path_with_both_values() -> None:
    old = {"rate": {"name": "sgd", "value": 0.1}, "same": [1, 2], "layers": [{"units": 3}], "gone": True}
    new = {"rate": {"name": "sgd", "value": 0.2}, "same": [1, 2], "layers": [{"units": 4}], "come": "x"}
    assert list(differences(old, new)) == [
        "rate.value: 0.1 -> 0.2",
        "layers[0].units: 3 -> 4",
        "gone: true -> (not there)",
        'come: (not there) -> "x"',
    ]
    assert list(differences(old, old)) == []


def test_a_named_thing_that_is_added_moves_no_other() -> None:
    old = {"arms": [{"name": "b", "seeds": [0]}]}
    new = {"arms": [{"name": "a", "seeds": [1]}, {"name": "b", "seeds": [0]}]}
    assert list(differences(old, new)) == ['arms.a: (not there) -> {"name": "a", "seeds": [1]}']


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (None, None),
        ("epoch 1\nepoch 2\n", None),
        ("epoch 1\nerror: the loss became nan\n\n", "the loss became nan"),
        ("stopped: SIGTERM in epoch 2\n", "stopped: SIGTERM in epoch 2"),
        ('Traceback (most recent call last):\n  File "x"\nValueError: no\n', "ValueError: no"),
    ],
)
def test_the_last_error_of_a_log(tmp_path: Path, log: str | None, expected: str | None) -> None:
    if log is not None:
        (tmp_path / "logs" / "train").mkdir(parents=True)
        (tmp_path / "logs" / "train" / "a-s0-0123.log").write_text(log, encoding="utf-8")
    assert last_error(tmp_path, Ref("runs", "a-s0", "0123")) == expected


def test_every_kind_has_a_log_where_its_rule_writes_it() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    assert FILES.keys() < LOGS.keys()
    assert all(f"/logs/{log.split('/')[0]}" in rules for log in LOGS.values())


def test_times_and_sizes_are_readable() -> None:
    assert [format_seconds(value) for value in (4.4, 90.1, 3900)] == ["4 s", "2 min", "1 h 05 min"]
    assert [format_bytes(value) for value in (2_500, 3.4e6, 1.25e9)] == ["2 kB", "3.4 MB", "1.2 GB"]


def test_the_note_of_a_code_digest_names_its_files(tmp_path: Path) -> None:
    program = ROOT / "scripts" / "evaluate.py"
    record_code(tmp_path, program)
    (note,) = (tmp_path / "code").iterdir()
    files = recorded_code(tmp_path, note.stem)
    assert files is not None
    assert {"evaluate.py", "study/evaluation/metrics.py"} < files.keys()
    assert recorded_code(tmp_path, "0" * 16) is None


def test_damage_is_told_and_what_is_unfinished_is_not_damage(tmp_path: Path) -> None:
    store = tmp_path / "store"
    whole = make(store, Job("metrics", "whole", {}, "c"), metrics_json="{}")
    damaged = make(store, Job("metrics", "damaged", {}, "c"), metrics_json="{}")
    missing = make(store, Job("metrics", "missing", {}, "c"), metrics_json="{}")
    unreadable = make(store, Job("metrics", "unreadable", {}, "c"), metrics_json="{}")
    (store / damaged.folder / "metrics.json").write_text("{ }", encoding="utf-8")
    (store / missing.folder / "metrics.json").unlink()
    (store / unreadable.folder / SIDECAR).write_text("{", encoding="utf-8")
    unfinished = Ref("runs", "half", "0" * 16)
    (store / unfinished.folder).mkdir(parents=True)
    (store / unfinished.folder / "history.csv").touch()

    sentences = list(damages(tmp_path))
    assert len(sentences) == 3
    for ref, words in ((damaged, "is damaged (expected sha256"), (missing, "is missing"), (unreadable, "is damaged")):
        assert [words in sentence for sentence in sentences if ref.folder in sentence] == [True]
    assert whole in folders_of(store)
    assert incomplete_artefacts(store) == [unfinished]


@pytest.mark.parametrize("content", [{}, {"spec": None}, {"files": []}, {"inputs": {}}])
def test_a_sidecar_that_lacks_something_is_damaged(content: dict[str, object], tmp_path: Path) -> None:
    ref = make(tmp_path / "store", Job("metrics", "m", {}, "c"), metrics_json="{}")
    path = tmp_path / "store" / ref.folder / SIDECAR
    whole = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**whole, **content} if content else {"lineage": ref.lineage}), encoding="utf-8")
    (sentence,) = damages(tmp_path)
    assert f"{path}: is damaged; delete " in sentence


def test_a_published_file_is_the_one_of_its_name(tmp_path: Path) -> None:
    store = tmp_path / "store"
    reports = [make(store, Job("reports", language, {"l": language}, "c")) for language in ("en", "es")]
    for ref in reports:
        job = Job("reports", ref.name, {"l": ref.name}, "c")
        make(store, job, **{f"{ref.name}_json": ref.name})
    runs = [make(store, Job("runs", f"s{seed}", {"seed": seed}, "c"), run_json=str(seed)) for seed in (0, 1)]
    listed = [
        {"arm": "a", "seed": s, **dict.fromkeys(("run", "predictions", "metrics"), runs[s].lineage)} for s in (0, 1)
    ]
    names = ["report/en.json", "report/es.json", "runs/a/seed-0/run.json"]
    published = Job("published", "study", {"runs": listed}, "c", (*reports, *runs))
    make(store, published, published_json=json.dumps(names))
    for name in ("en", "es"):
        (tmp_path / "report").mkdir(exist_ok=True)
        (tmp_path / "report" / f"{name}.json").write_text(name, encoding="utf-8")
    link = tmp_path / "runs" / "a" / "seed-0" / "run.json"
    link.parent.mkdir(parents=True)
    link.symlink_to(store / runs[0].folder / "run.json")
    assert list(damages(tmp_path)) == []
    (tmp_path / "report" / "es.json").write_text("en", encoding="utf-8")
    link.unlink()
    link.symlink_to(store / runs[1].folder / "run.json")
    copied, led = damages(tmp_path)
    (tmp_path / "report" / "en.json").rename(tmp_path / "mine.json")
    (tmp_path / "report" / "en.json").symlink_to(tmp_path / "mine.json")
    assert list(damages(tmp_path)) == [copied, led], "a copy may lie elsewhere, as long as it is what was published"
    assert "report/es.json: the published file is not what the study made" in copied
    assert "seed-0/run.json: does not lead to the study's file" in led


def test_what_a_complete_study_lacks_is_told_and_what_is_not_made_yet_is_not(study: InspectedStudy) -> None:
    assert list(missing(study)) == []
    for job in study.plan.jobs:
        make(study.store, job)
    assert list(missing(study)) == []
    gone = next(job for job in study.plan.jobs if job.kind == "summary")
    shutil.rmtree(study.store / gone.ref.folder)
    (sentence,) = missing(study)
    assert sentence == f"{study.store / gone.ref.folder}: is missing; run the snakemake command again to make it"


def test_folders_of_a_person_are_none_of_the_study(tmp_path: Path) -> None:
    ours = make(tmp_path, Job("metrics", "m", {}, "c"), metrics_json="{}")
    for name in ("runs/my-notes", "mine/to-do", "mine/m-0123456789abcdef", f"{ours.folder}-old"):
        (tmp_path / name).mkdir(parents=True)
    assert folders_of(tmp_path) == [ours]


def test_published_files_are_verified_too(tmp_path: Path) -> None:
    store = tmp_path / "store"
    report = make(store, Job("reports", "es-html", {}, "c"), report_json="the report")
    names = json.dumps(["report/report.json"])
    published = make(store, Job("published", "study", {}, "c", (report,)), published_json=names)
    copy = tmp_path / "report" / "report.json"
    assert [f"{copy}: the published file is missing" in sentence for sentence in damages(tmp_path)] == [True]
    copy.parent.mkdir()
    copy.write_text("the report", encoding="utf-8")
    assert list(damages(tmp_path)) == []
    copy.write_text("my report", encoding="utf-8")
    (sentence,) = damages(tmp_path)
    assert f"delete {store / published.folder} " in sentence


def test_the_predecessor_is_the_most_alike_of_the_same_framework_and_seed(study: InspectedStudy) -> None:
    job = next(job for job in study.plan.jobs if job.kind == "runs")
    others = {
        "rate": {"optimiser": {**job.spec["optimiser"], "learning_rate": 0.5}},
        "rate and batch": {"optimiser": {**job.spec["optimiser"], "learning_rate": 0.5}, "batch_size": 1},
        "seed": {"seed": job.spec["seed"] + 7},
    }
    refs = {
        name: make(study.store, Job("runs", job.name, {**job.spec, **change}, job.code, job.inputs))
        for name, change in others.items()
    }
    found = Predecessors(read_study(study.configuration)).of(job)
    assert found is not None
    assert found.ref == refs["rate"]


def test_of_equally_like_predecessors_the_newest_counts(study: InspectedStudy) -> None:
    job = next(job for job in study.plan.jobs if job.kind == "runs")
    refs = [make(study.store, Job("runs", job.name, job.spec, code, job.inputs)) for code in ("one", "two")]
    os.utime(study.store / refs[1].folder / SIDECAR, (1, 1))
    found = Predecessors(read_study(study.configuration)).of(job)
    assert found is not None
    assert found.ref == refs[0]


def test_a_predictions_predecessor_belongs_to_its_runs_predecessor(study: InspectedStudy) -> None:
    runs = {job.ref: job for job in study.plan.jobs if job.kind == "runs"}
    predictions = [job for job in study.plan.jobs if job.kind == "predictions"]
    earlier = {}
    for job in predictions:
        run = runs[job.input("runs")]
        old = make(study.store, Job("runs", run.name, run.spec, "earlier", run.inputs))
        inputs = tuple(old if ref == run.ref else ref for ref in job.inputs)
        earlier[job.ref] = make(study.store, Job("predictions", job.name, job.spec, job.code, inputs))
    predecessors = Predecessors(read_study(study.configuration))
    found = {job.ref: predecessors.of(job) for job in predictions}
    assert {ref: one.ref for ref, one in found.items() if one is not None} == earlier


def reasons_after(study: InspectedStudy, **old: object) -> list[str]:
    """Why the summary would run where an earlier one of the same inputs had other settings."""
    job = study.plan.by_folder[study.plan.published.input("summary").folder]
    earlier = replace(job, spec={**job.spec, **old})
    make(study.store, earlier, summary_json="{}")
    return explain(study, [PlannedJob(job, "aggregate all runs")])[job.ref]


def test_lineages_among_settings_are_no_reason_of_their_own(study: InspectedStudy) -> None:
    job = study.plan.by_folder[study.plan.published.input("summary").folder]
    first = job.spec["arms"][0]
    fewer = {**first, "runs": first["runs"][:1], "section": "9.9"}
    assert reasons_after(study, arms=[fewer, *job.spec["arms"][1:]]) == [
        'arms.scratch_pytorch.section: "9.9" -> "1.1"',
        'arms.scratch_pytorch.runs: [{"seed": 0}] -> [{"seed": 0}, {"seed": 1}]',
    ]


def test_another_order_is_a_reason_where_nothing_else_is(study: InspectedStudy) -> None:
    job = study.plan.by_folder[study.plan.published.input("summary").folder]
    assert reasons_after(study, arms=job.spec["arms"][::-1]) == ["its arms or inputs are in another order"]


def test_estimates_scale_an_earlier_training_to_the_epochs(study: InspectedStudy) -> None:
    job = next(job for job in study.plan.jobs if job.kind == "runs")
    record = json.dumps({"seconds": 30.0, "epochs_trained": 3})
    make(study.store, Job("runs", job.name, {**job.spec, "epochs": 3}, "earlier"), run_json=record)
    estimate = Estimates(read_study(study.configuration)).of(job)
    assert estimate.seconds == pytest.approx(10 * job.spec["epochs"])
    assert estimate.size == len(record)
    summary = study.plan.by_folder[study.plan.published.input("summary").folder]
    assert Estimates(study).of(summary).seconds is None


def test_what_any_configuration_needs_is_no_leftover(study: InspectedStudy) -> None:
    needed = make(study.store, study.plan.jobs[0])
    old = make(study.store, Job("metrics", "old", {}, "c"), metrics_json="{}")
    (found,) = leftovers(read_studies(Path("config")))
    assert found.path == study.store / old.folder
    assert found.size == sum(path.stat().st_size for path in found.path.iterdir())
    assert open_artefact(study.store, needed)


def test_a_file_that_a_configuration_names_is_no_configuration(study: InspectedStudy) -> None:
    # The demo names it as its claims, which are read relative to the Snakefile.
    Path("config/claims.yaml").write_text("anything: 1\n", encoding="utf-8")
    (found,) = read_studies(Path("config"))
    assert found.configuration == (Path("config/config.yaml"),)


def test_a_file_that_is_laid_over_the_default_needs_what_both_need_together(study: InspectedStudy) -> None:
    Path("config/mine.yaml").write_text("arms: {scratch_pytorch: {epochs: 4}}\n", encoding="utf-8")
    alone, laid_over = read_studies(Path("config"))
    assert laid_over.configuration == (Path("config/config.yaml"), Path("config/mine.yaml"))
    assert laid_over.plan.runs["scratch_pytorch", 0] != alone.plan.runs["scratch_pytorch", 0]


def test_nothing_is_a_leftover_while_a_configuration_cannot_be_read(study: InspectedStudy) -> None:
    Path("config/broken.yaml").write_text("arms: 3\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"config/broken\.yaml: nothing is removed"):
        read_studies(Path("config"))


def test_jobs_in_the_queue_are_told_by_arm_and_seed(study: InspectedStudy) -> None:
    plan = study.plan
    run, summary = plan.runs["scratch_tensorflow", 1], next(job.ref for job in plan.jobs if job.kind == "summary")
    features = next(job for job in plan.jobs if job.kind == "features")
    lines = [
        f"7|RUNNING|1:02|node3|/here|rule_train_tensorflow_wildcards_{Path(run.folder).name}",
        f"8|PENDING|0:00|(Priority)|/here|rule_aggregate_wildcards_{Path(summary.folder).name}",
        f"9|PENDING|0:00|(Priority)|/here|rule_extract_features_pytorch_wildcards_{Path(features.ref.folder).name}",
        f"10|PENDING|0:00|(Resources)|/here|rule_train_pytorch_wildcards_old-s0-{'0' * 16}",
        f"11|RUNNING|1:02|node3|/elsewhere|rule_train_tensorflow_wildcards_{Path(run.folder).name}",
        "12|RUNNING|1:02|node3|/here|mine",
        "13|RUNNING|1:02|node3|/here|",
    ]
    assert list(read_queue("\n".join(lines), plan, "/here")) == [
        QueuedJob("7", "RUNNING", "1:02", "node3", "train_tensorflow", "scratch_tensorflow seed 1"),
        QueuedJob("8", "PENDING", "0:00", "(Priority)", "aggregate", summary.name),
        QueuedJob("9", "PENDING", "0:00", "(Priority)", "extract_features_pytorch", plan.label(features)),
        QueuedJob(
            "10",
            "PENDING",
            "0:00",
            "(Resources)",
            "train_pytorch",
            f"old-s0-{'0' * 16}, not part of the study as it is configured and coded now",
        ),
    ]


def test_without_slurm_the_queue_is_not_shown_but_explained(
    study: InspectedStudy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StudyError, match=r"^squeue is not installed here; "):
        queued_jobs(study, str(tmp_path))
