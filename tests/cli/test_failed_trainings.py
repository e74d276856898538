"""Trainings that fail, and results that lack something: what is tried again."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from study.store.artefacts import drop_file
from support.stopping import Training, same, training

WITHOUT_ROOTS_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
"""Command prefix that makes permissions count for root too, who plays a second user here."""
needs_rights = pytest.mark.skipif(
    bool(WITHOUT_ROOTS_RIGHTS) and shutil.which("setpriv") is None, reason="root may write everywhere"
)


@needs_rights
@pytest.mark.parametrize("place", ["work folder", "folder of the lease", "store", "notes of code"])
def test_a_user_who_may_not_write_somewhere_gets_one_sentence(place: str, reference: Training, tmp_path: Path) -> None:
    small = reference.elsewhere(tmp_path)
    protected = {
        "work folder": small.work,
        "folder of the lease": small.work.parent,
        "store": small.store / "runs",
        "notes of code": small.store / "code",
    }[place]
    protected.mkdir(parents=True)
    protected.chmod(0o555)
    finished = small.run(interpreter=(*WITHOUT_ROOTS_RIGHTS, sys.executable))
    protected.chmod(0o755)
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    (sentence,) = finished.stderr.splitlines()
    assert f"this user may not read or write it, because {protected} belongs to {protected.owner()}; ask" in sentence


def test_a_finished_result_that_snakemake_deleted_is_taken_from_the_work_folder(
    reference: Training, tmp_path: Path
) -> None:
    small = reference.elsewhere(tmp_path)
    assert small.run().returncode == 0
    for file in (small.store / small.job.ref.folder).iterdir():
        file.unlink()
    again = small.run()
    assert "an earlier attempt finished this run; its result is used" in again.stdout
    assert same(small.result(), reference.result())
    assert small.log.count("epoch 1/") == 1
    assert (small.work / "restored").read_text() == "an earlier attempt finished this run; its result is used\n"


@pytest.mark.parametrize("damage_done", ["dropped", "damaged", "missing"])
def test_a_finished_result_that_lacks_a_file_is_trained_again(
    damage_done: str, reference: Training, tmp_path: Path
) -> None:
    small = reference.elsewhere(tmp_path)
    assert small.run().returncode == 0
    for place in (small.store, small.work):
        model = place / small.job.ref.folder / "model.npz"
        if damage_done == "dropped":
            drop_file(place, small.job.ref, "model.npz")
        elif damage_done == "damaged":
            model.write_bytes(b"other")
        else:
            model.unlink()
    again = small.run()
    assert again.returncode == 0
    assert small.log.count("epoch 1/") == 2
    assert same(small.result(), reference.result())
    assert not (small.work / "restored").exists()


DIVERGING = {"optimiser": {"name": "sgd", "learning_rate": 1e38}}


def test_an_error_that_the_settings_decide_is_not_tried_again(tmp_path: Path) -> None:
    diverging = training("numpy", tmp_path, **DIVERGING)
    first, again = diverging.run(), diverging.run()
    assert (first.returncode, again.returncode) == (1, 1)
    assert re.match(r"error: the training loss became (nan|inf) in epoch 1", first.stderr)
    assert "Traceback" not in first.stderr
    sentence = first.stderr.removeprefix("error: ").strip()
    assert f"error: {sentence} (remembered; change the settings, or delete " in again.stderr
    assert diverging.log.count("training images") == 1


def test_another_error_is_tried_again_by_a_new_command_but_not_by_a_retry(tmp_path: Path) -> None:
    small = training("numpy", tmp_path)
    images = small.store / small.job.inputs[0].folder / "train_images.npy"
    images.rename(images.with_suffix(".away"))
    first = small.run(STUDY_SESSION="one")
    assert "train_images.npy: the file is missing" in first.stderr
    images.with_suffix(".away").rename(images)
    retry = small.run(STUDY_SESSION="one")
    assert (retry.returncode, retry.stderr) == (1, first.stderr)
    assert small.run(STUDY_SESSION="two").returncode == 0
