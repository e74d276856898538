"""Which GPU a program takes, with pretended cards: an nvidia-smi that a test writes."""

import multiprocessing
import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest

from study.errors import StudyError
from study.machine import gpu_lock
from study.machine.gpu_choice import VISIBLE, Choice, Selection, choose
from study.machine.gpus import Card, find_cards
from support.paths import ROOT
from support.pretended import pretend_cards

ONE = Card("GPU-1111-aaaa", "NVIDIA A100", 40 * 2**30, "580.1")
TWO = Card("GPU-2222-bbbb", "NVIDIA H100", 80 * 2**30, "580.1")
BOTH = (ONE, TWO)


def test_cards_are_those_that_nvidia_smi_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_cards(tmp_path, [ONE, TWO], monkeypatch.setenv)
    assert find_cards() == BOTH


def test_without_nvidia_smi_device_files_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("nvidia10", "nvidia0", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    assert [card.key for card in find_cards(tmp_path)] == ["0", "10"]


def test_a_driver_that_fails_leaves_the_device_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = pretend_cards(tmp_path, [ONE], monkeypatch.setenv)
    program.write_text("#!/bin/sh\necho Driver/library version mismatch\nexit 18\n", encoding="utf-8")
    (tmp_path / "nvidia0").touch()
    assert [card.key for card in find_cards(tmp_path)] == ["0"]


@pytest.mark.parametrize(
    ("wanted", "cards", "environment", "expected"),
    [
        ("auto", (), {}, Choice(())),
        ("auto", BOTH, {}, Choice(BOTH)),
        ("cuda", BOTH, {}, Choice(BOTH)),
        ("cpu", BOTH, {VISIBLE: "0"}, Choice(())),
        ("auto", BOTH, {VISIBLE: "1", "SLURM_JOB_ID": "7"}, Choice((TWO,), assigned=True)),
        ("auto", BOTH, {VISIBLE: "1,0"}, Choice((TWO, ONE))),
        ("auto", BOTH, {VISIBLE: "0,-1,1"}, Choice((ONE,), assigned=True)),
        ("auto", BOTH, {VISIBLE: "GPU-2222"}, Choice((TWO,), assigned=True)),
        ("auto", BOTH, {VISIBLE: "MIG-x"}, Choice((Card("MIG-x", "MIG-x"),), assigned=True)),
        ("cuda", BOTH, {"SLURM_JOB_ID": "7"}, Choice(BOTH)),
        ("auto", (), {"SLURM_JOB_ID": "7"}, Choice(())),
        (
            "auto",
            BOTH,
            {VISIBLE: ""},
            Choice((), note=f"{VISIBLE}='' hides NVIDIA A100, NVIDIA H100: computing on the CPU"),
        ),
        # as SLURM does it on a node whose GPU is configured and not there
        (
            "auto",
            (),
            {VISIBLE: "0", "SLURM_JOB_ID": "7"},
            Choice((), note=f"{VISIBLE}='0' assigns a GPU, but none is visible on this machine"),
        ),
    ],
)
def test_what_is_left_to_choose_from(
    wanted: str, cards: Sequence[Card], environment: dict[str, str], expected: Choice
) -> None:
    assert choose(wanted, cards, environment) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "environment", "sentence"),
    [
        ("cuda", {VISIBLE: "-1"}, r"device: cuda, but CUDA_VISIBLE_DEVICES='-1' hides all GPUs; unset it"),
        ("auto", {"SLURM_JOB_ID": "7"}, r"this SLURM job was given no GPU, and its node has NVIDIA A100, NVIDIA H100;"),
    ],
)
def test_what_the_user_has_to_say_is_asked(wanted: str, environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(StudyError, match=sentence):
        choose(wanted, BOTH, environment)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selection", "refused"),
    [
        (Selection("auto", ONE), "this machine has a GPU, NVIDIA A100 .driver 580.1., but torch sees none; make envs"),
        (Selection("cuda", ONE), "this machine has a GPU, NVIDIA A100 .driver 580.1., but torch sees none; make envs"),
        (Selection("cuda", None), "device: cuda, but torch sees none; make envs .* or set device: auto or cpu"),
        (Selection("auto", None), None),
        (Selection("cpu", None), None),
    ],
)
def test_a_framework_that_sees_no_gpu_never_takes_the_cpu_in_its_place(
    selection: Selection, refused: str | None
) -> None:
    selection.check(None)
    if refused is None:
        selection.check("torch sees none")
    else:
        with pytest.raises(StudyError, match=refused):
            selection.check("torch sees none")


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Card]:
    """Two cards that no other test has."""
    monkeypatch.setattr(gpu_lock, "LOCKS", tmp_path)
    monkeypatch.setattr(gpu_lock, "POLL", 0.01)
    made = [Card(f"GPU-{uuid.uuid4()}", f"card {number}", 2**30, "1") for number in (0, 1)]
    pretend_cards(tmp_path, made, monkeypatch.setenv)
    return made


def test_two_programs_take_two_cards_and_the_cpu_none(cards: list[Card]) -> None:
    environments: list[dict[str, str]] = [{}, {}, {}]
    with (
        gpu_lock.select("auto", print, environments[0]) as one,
        gpu_lock.select("cuda", print, environments[1]) as two,
        gpu_lock.select("cpu", print, environments[2]) as three,
    ):
        assert [one.card, two.card, three.card] == [*cards, None]
    assert [environment[VISIBLE] for environment in environments] == [cards[0].key, cards[1].key, ""]


def test_an_assigned_card_is_used_even_if_it_is_in_use_and_taken_from_those_who_choose(cards: list[Card]) -> None:
    assigned = {VISIBLE: "0"}
    with gpu_lock.select("auto", print, assigned) as one, gpu_lock.select("auto", print, dict(assigned)) as same:
        assert one.card == same.card == cards[0]
        assert assigned == {VISIBLE: "0"}
        with gpu_lock.select("auto", print, {}) as other:
            assert other.card == cards[1]


def hold_until_killed(connection: "multiprocessing.connection.Connection") -> None:
    with gpu_lock.select("auto", connection.send, {}) as selection:
        assert selection.card is not None
        connection.send(selection.card.key)
        connection.recv()


def test_a_card_is_given_back_when_its_holder_is_killed(cards: list[Card]) -> None:
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=hold_until_killed, args=(there,))
    process.start()
    assert here.recv() == cards[0].key
    said: list[str] = []

    def say_and_kill(text: str) -> None:
        said.append(text)
        process.kill()

    with gpu_lock.select("auto", print, {}) as second:
        assert second.card == cards[1]
        with gpu_lock.select("auto", say_and_kill, {}) as third:
            assert third.card == cards[0]
    process.join()
    assert said == ["waiting for a GPU: all 2 are in use by other programs"]


def test_another_users_lock_file_can_be_locked(cards: list[Card], tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with gpu_lock.select("auto", print, {}):
            pass
    finally:
        os.umask(before)
    (file,) = tmp_path.glob("study-*.lock")
    assert file.stat().st_mode & 0o777 == 0o644


def test_a_lock_file_that_cannot_be_opened_gets_a_sentence(cards: list[Card], tmp_path: Path) -> None:
    (tmp_path / f"study-{cards[0].key}.lock").symlink_to("elsewhere")
    sentence = r"\.lock: cannot be opened \(.+\), but it decides which program may use card 0; ask its owner"
    with pytest.raises(StudyError, match=sentence), gpu_lock.select("auto", print, {}):
        pass


def test_a_program_without_its_framework_or_its_gpu_ends_with_a_sentence(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\nfrom study.machine.computing import computing\n"
        "with computing('pytorch', 'auto', Path('s')):"
    )
    (tmp_path / "torch.py").write_text("raise ImportError('libcudnn.so.9: cannot open\\nshared object file')")
    finished = subprocess.run(
        [sys.executable, "-c", f"{program}\n    print('loaded')"],
        env=os.environ | {"PYTHONPATH": f"{ROOT}/scripts:{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stderr.splitlines()[-1].endswith(
        "torch cannot be imported by this Python (libcudnn.so.9: cannot open shared object file); "
        "install envs/pytorch.txt, as make envs does, or name another Python under interpreters"
    )
