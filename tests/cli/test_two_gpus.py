"""Trainings that run at the same time on a machine that seems to have two GPUs."""

import re
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from study.machine.gpus import Card
from support.pretended import pretend_cards
from support.stopping import Gate, Training, training

WAITS = "waiting for a GPU: all 2 are in use by other programs"


@pytest.fixture
def cards(tmp_path: Path) -> tuple[list[str], dict[str, str]]:
    """Keys of two cards that no other test has, and the environment in which they seem to be there."""
    made = [Card(f"GPU-{uuid.uuid4()}", f"card {number}", 2**30, "1") for number in (0, 1)]
    variables: dict[str, str] = {}
    pretend_cards(tmp_path, made, variables.__setitem__)
    return [card.key for card in made], variables


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A gate in the second epoch that holds nobody after the test."""
    made = Gate(tmp_path / "gate")
    yield made
    made.open()


def card_of(one: Training) -> str:
    (card,) = re.findall(r"^card (\S+)$", one.log, re.MULTILINE)
    return str(card)


def test_two_at_once_have_a_card_each_and_a_third_waits_for_one_that_is_killed(
    cards: tuple[list[str], dict[str, str]], gate: Gate, tmp_path: Path
) -> None:
    keys, variables = cards
    trainings = [training("numpy", tmp_path / str(seed), seed=seed) for seed in range(3)]
    first, second = (one.start(**variables, **gate.variables) for one in trainings[:2])
    for one in trainings[:2]:
        one.wait_for("epoch 1/")
    assert {card_of(one) for one in trainings[:2]} == set(keys)
    third = trainings[2].start(**variables, **gate.variables)
    trainings[2].wait_for(WAITS)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    trainings[2].wait_for("epoch 1/")
    assert card_of(trainings[2]) == card_of(trainings[0])
    gate.open()
    for process in (second, third):
        _, error = process.communicate()
        assert process.returncode == 0, error


def test_an_assigned_card_is_honoured_and_one_that_is_waited_for_can_be_stopped(
    cards: tuple[list[str], dict[str, str]], gate: Gate, tmp_path: Path
) -> None:
    keys, variables = cards
    trainings = [training("numpy", tmp_path / str(seed), seed=seed) for seed in range(3)]
    assigned = trainings[0].start(**variables, **gate.variables, CUDA_VISIBLE_DEVICES="1")
    trainings[0].wait_for("epoch 1/")
    assert card_of(trainings[0]) == keys[1]
    other = trainings[1].start(**variables, **gate.variables)
    trainings[1].wait_for("epoch 1/")
    assert card_of(trainings[1]) == keys[0]
    waiting = trainings[2].start(**variables, **gate.variables)
    trainings[2].wait_for(WAITS)
    waiting.send_signal(signal.SIGTERM)
    _, error = waiting.communicate()
    assert waiting.returncode == 128 + signal.SIGTERM
    assert error.startswith("stopped: SIGTERM")
    gate.open()
    for process in (assigned, other):
        process.communicate()
        assert process.returncode == 0
