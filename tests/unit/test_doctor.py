"""What is said of a machine before a long run."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from study.inspection import doctor
from study.inspection.dry_run import PlannedJob
from study.inspection.reach import unreachable
from study.inspection.sizes import calculated_size, count_parameters, working_space
from study.inspection.study import InspectedStudy, read_study
from study.machine.gpus import Card
from study.recipe.data import Download
from study.recipe.networks import DescribedNetwork
from support.paths import ROOT
from support.pretended import pretend_cards

CHECKSUM = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def study() -> InspectedStudy:
    return read_study([ROOT / "config" / "config.yaml"])


def planned(study: InspectedStudy) -> list[PlannedJob]:
    return [PlannedJob(job, job.name) for job in study.plan.jobs]


def test_the_documents_alexnet_has_as_many_parameters_as_it_is_known_to_have(study: InspectedStudy) -> None:
    network = study.plan.study.networks["alexnet_notebook"]
    assert isinstance(network, DescribedNetwork)
    # torchvision's AlexNet has the same layers, and 61,100,840 parameters with 1,000 classes.
    assert count_parameters(network, 224, 1000) == 61_100_840


def test_sizes_are_calculated_where_nothing_was_made_before(study: InspectedStudy) -> None:
    sizes = {job.kind: calculated_size(job, study.plan) for job in study.plan.jobs if job.kind != "features"}
    assert sizes["tensors"] == 60_000 * 32 * 32 * 3
    (run, *_) = (job for job in study.plan.jobs if job.name == "pytorch-c5d3-s0" and job.kind == "runs")
    parameters = count_parameters(study.plan.study.networks["alexnet_64"], 224, 10)  # type: ignore[arg-type]
    assert calculated_size(run, study.plan) == 4 * parameters
    assert working_space(run, study.plan) == 3 * 3 * 4 * parameters
    assert sizes["reports"] is None


def test_a_disk_that_is_too_small_is_bad_and_one_that_is_not_is_good(
    study: InspectedStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(10**9))
    small = doctor.disk(study, planned(study))
    assert str(small).startswith("BAD  disk: ")
    assert "1.0 GB free; free some" in str(small)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(10**12))
    assert doctor.disk(study, planned(study)).remedy is None


def test_a_results_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert doctor.write_access(tmp_path / "new" / "results").remedy is None
    assert list((tmp_path / "new" / "results").iterdir()) == []
    (tmp_path / "file").touch()
    assert "cannot be written" in str(doctor.write_access(tmp_path / "file"))


@pytest.mark.parametrize(
    ("file", "size", "fault"),
    [("copy", 3, None), ("copy", None, None), ("copy", 4, "copy has 3 bytes, not 4"), ("none", 3, "does not exist")],
)
def test_a_local_copy_is_looked_at(tmp_path: Path, file: str, size: int | None, fault: str | None) -> None:
    (tmp_path / "copy").write_bytes(b"abc")
    found = unreachable(Download(filename="x", checksum=CHECKSUM, size=size, file=str(tmp_path / file)))
    assert found is None if fault is None else fault in str(found)


def test_an_address_out_of_reach_is_named() -> None:
    found = unreachable(Download(filename="x", checksum=CHECKSUM, urls=("http://127.0.0.1:9/x",)))
    assert found is not None
    assert found.startswith("http://127.0.0.1:9/x: no transfer (")


def test_gpus_are_listed_with_what_they_allow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert doctor.cards().words.startswith("none;")
    two = [Card(f"GPU-{number}", "A100", 40 * 2**30, "580.1") for number in (0, 1)]
    pretend_cards(tmp_path, two, monkeypatch.setenv)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert str(doctor.cards()) == (
        "ok   GPUs: A100 (42.9 GB, driver 580.1), A100 (42.9 GB, driver 580.1); --resources gpu=2 trains 2 runs at once"
    )


def test_images_that_published_parameters_do_not_expect_are_a_note_and_no_fault(study: InspectedStudy) -> None:
    found = list(doctor.inputs(study))
    assert [finding.remedy for finding in found] == [None, None]
    assert [str(finding) for finding in found] == [
        "note arm pretrained_pytorch: the published parameters of torchvision's alexnet were trained with ImageNet's "
        "mean and deviation (imagenet); here the images enter with values from -1 to 1 (minus_one_to_one)",
        "note arm pretrained_tensorflow: the published parameters of Keras's ResNet50 were trained with BGR channels "
        "minus ImageNet's mean (caffe); here the images enter with values from -1 to 1 (minus_one_to_one)",
    ]


@pytest.mark.parametrize(
    ("script", "found_of"),
    [
        ("echo 'error: torch is not installed' >&2\nexit 1", "torch is not installed; the Python is {}"),
        ("exit 0", "{} does not answer like a Python; correct interpreters"),
    ],
)
def test_a_python_that_cannot_run_is_bad(script: str, found_of: str, study: InspectedStudy, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    settings = study.plan.study
    changed = settings.model_copy(
        update={
            "results": str(tmp_path),
            "interpreters": settings.interpreters.model_copy(update={"pytorch": str(python)}),
        }
    )
    other = InspectedStudy((), type(study.plan)(changed, study.plan.jobs, study.plan.runs, study.plan.published))
    found = doctor.try_framework(other, "pytorch")
    assert str(found) == f"BAD  PyTorch: {found_of.format(python)}"
