"""The arms of bridges and controls: each differs in what it should and in nothing else, and is trained once."""

from typing import Any

import pytest

from study.config.load import ROOT, validate
from study.errors import StudyError
from study.evaluation.departures import departures
from study.plan.experiments import Experiments, expand
from study.plan.planner import make_plan
from support.configured_arms import configured_facts, read_whole

WHOLE = read_whole()
ENDS = {"start": "scratch_pytorch", "end": "scratch_tensorflow"}
DIFFERENT = ["framework", "defaults", "network", "input_size", "resize", "learning_rate", "shuffle"]


def expanded(bridge: dict[str, Any], **more: Any) -> Experiments:
    return expand(validate({**WHOLE, **more, "bridges": {"b": bridge}}))


def keys(found: Experiments, one: str, other: str) -> set[str]:
    """The facts in which two arms differ."""
    study = found.study.model_copy(
        update={"study": found.study.study.model_copy(update={"arms": (one, other)}), "bridges": {}}
    )
    facts = configured_facts(study)
    return {item["key"] for item in departures(facts[one], facts[other])}


def test_without_steps_every_setting_that_differs_is_taken_alone_from_both_ends() -> None:
    found = expanded(ENDS)
    (bridge,) = found.bridges
    assert bridge.covers
    assert [step.name for step in bridge.steps] == DIFFERENT
    expected = {
        "framework": {"framework"},
        "defaults": {"init", "bias_init", "adam_epsilon", "epsilon_placement"},
        "network": {"network"},
        "input_size": {"input_size"},
        "resize": {"resize"},
        "learning_rate": {"learning_rate"},
        "shuffle": {"shuffle"},
    }
    for step in bridge.steps:
        assert keys(found, bridge.start, step.from_start) == expected[step.name]
        assert keys(found, bridge.end, step.from_end) == expected[step.name]
    # One arm per step and end, and none twice.
    assert len(found.trainings) == 2 * len(DIFFERENT)


def test_a_framework_that_is_not_told_apart_from_its_defaults_brings_them() -> None:
    found = expanded({**ENDS, "steps": {"framework": {"settings": ["framework"]}, "recipe": {"settings": "rest"}}})
    (bridge,) = found.bridges
    framework, recipe = bridge.steps
    assert recipe.settings == ("network", "input_size", "resize", "learning_rate", "shuffle")
    defaults = {"init", "bias_init", "adam_epsilon", "epsilon_placement"}
    assert keys(found, bridge.start, framework.from_start) == {"framework"} | defaults
    # The start with one step is the end with the other taken back: two arms answer for four.
    assert (framework.from_start, framework.from_end) == (recipe.from_end, recipe.from_start)
    assert len(found.trainings) == 2
    assert found.study.run_spec(framework.from_start, 0).optimiser.is_native


def test_three_steps_are_all_combinations_and_share_arms_with_another_bridge() -> None:
    steps = {"one": {"settings": ["framework"]}, "two": {"settings": ["defaults"]}, "rest": {"settings": "rest"}}
    found = expand(validate({**WHOLE, "bridges": {"b": {**ENDS, "steps": steps}, "all": ENDS}}))
    three, every = found.bridges
    assert len(three.arms) == 8
    shared = set(three.arms) & set(every.arms)
    assert {step.from_start for step in three.steps[:2]} < shared


def test_a_bridge_of_some_settings_does_not_cover_the_gap() -> None:
    (bridge,) = expanded({**ENDS, "settings": ["learning_rate"]}).bridges
    assert not bridge.covers
    assert len(set(bridge.arms)) == 4


def test_arms_that_differ_in_one_setting_need_no_other_arm() -> None:
    own = {name: WHOLE["arms"]["scratch_pytorch"][name] for name in ("framework", "dataset", "network", "input")}
    slow = {**own, "optimiser": {"name": "adam", "learning_rate": 1e-4}, "batch_size": 64, "epochs": 10}
    arms = {**WHOLE["arms"], "slow": {**slow, "monitor": "test"}}
    found = expanded({"start": "scratch_pytorch", "end": "slow"}, arms=arms)
    assert list(found.trainings) == ["slow"]
    assert found.bridges[0].arms == ("scratch_pytorch", "slow")


@pytest.mark.parametrize(
    ("bridge", "sentence"),
    [
        ({"start": "scratch", "end": "scratch_tensorflow"}, "bridges.b.start: there is no 'scratch'"),
        ({"start": "scratch_pytorch", "end": "scratch_pytorch"}, "a bridge needs two arms"),
        ({**ENDS, "settings": ["epochs"]}, "agree in the epochs, so that step 'epochs' changes nothing"),
        ({**ENDS, "settings": ["rate"]}, "bridges.b.settings.0: is \"rate\"; must be 'framework'"),
        ({**ENDS, "settings": ["shuffle"], "steps": {"a": {"settings": "rest"}}}, "give one of them"),
        ({**ENDS, "steps": {"a": {"settings": "rest"}, "c": {"settings": "rest"}}}, "there is only one rest"),
        (
            {**ENDS, "steps": {"a": {"settings": ["shuffle"]}, "c": {"settings": ["shuffle", "network"]}}},
            "'shuffle' is taken in two steps",
        ),
        (
            {"start": "scratch_pytorch", "end": "pretrained_pytorch", "settings": ["weights"]},
            "'scratch_pytorch' with the weights of 'pretrained_pytorch': cannot be trained",
        ),
        (
            {"start": "scratch_pytorch", "end": "pretrained_tensorflow", "settings": ["schedule", "monitor"]},
            "agree in the monitor",
        ),
    ],
)
def test_a_bridge_that_cannot_be_built_is_refused_in_a_sentence_that_names_it(
    bridge: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(StudyError) as refused:
        expanded(bridge)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("configuration: bridges.b")


def test_a_name_that_a_bridge_needs_may_not_be_an_arms() -> None:
    arms = {**WHOLE["arms"], "b_scratch_pytorch_framework": WHOLE["arms"]["notebook_pytorch"]}
    with pytest.raises(StudyError, match="needs the name 'b_scratch_pytorch_framework'"):
        expanded(ENDS, arms=arms)


def test_controls_are_what_their_names_say() -> None:
    controls = {
        "again": ["scratch_pytorch"],
        "other_seeds": {"arms": ["scratch_pytorch"]},
        "shuffled_labels": ["scratch_tensorflow"],
        "other_precision": ["scratch_pytorch", "pretrained_tensorflow"],
        "starting_epoch": {"arm": "notebook_pytorch"},
    }
    found = expand(validate({**WHOLE, "controls": controls}))
    by_name = {control.control: control for control in found.controls}
    again, other = found.trainings["scratch_pytorch_again"], found.trainings["scratch_pytorch_other_seeds"]
    assert (again.arm, again.seeds, again.repetition) == ("scratch_pytorch", (0,), 1)
    assert (other.arm, other.seeds, other.repetition) == ("scratch_pytorch", (1000, 1001, 1002), 0)
    assert keys(found, "scratch_tensorflow", "scratch_tensorflow_shuffled_labels") == {"labels"}
    assert found.study.arms["scratch_pytorch_other_precision"].precision == "auto"
    assert found.study.arms["pretrained_tensorflow_other_precision"].precision == "float32"
    assert keys(found, "notebook_pytorch", "notebook_pytorch_20_epochs") == {"epochs"}
    assert "notebook_pytorch" in found.trainings  # not in study.arms, and needed beside its control
    assert len(by_name) == 6


def test_a_control_that_an_override_undoes_and_seeds_that_the_study_has_are_refused() -> None:
    controls = {"other_precision": ["scratch_pytorch"]}
    with pytest.raises(StudyError, match=r"controls.other_precision: under 'override'"):
        expand(validate({**WHOLE, "override": {"precision": "auto"}, "controls": controls}))
    seeds = {"arms": ["scratch_pytorch"], "first_seed": 1}
    with pytest.raises(StudyError, match=r"controls.other_seeds.first_seed: 1 gives seeds that the study has too"):
        expand(validate({**WHOLE, "controls": {"other_seeds": seeds}}))


def test_a_claim_that_rests_on_a_step_which_its_bridge_lacks_is_refused() -> None:
    bridge = {**ENDS, "settings": ["learning_rate"]}
    with pytest.raises(StudyError, match="'frameworks_cause' rests on step 'framework' of bridge 'frameworks'"):
        expand(validate({**WHOLE, "bridges": {"frameworks": bridge}}))
    expand(validate({**WHOLE, "bridges": {"rates": bridge}}))


def test_every_arm_of_an_experiment_is_planned_once_and_stands_apart_from_the_studys() -> None:
    plan = make_plan(validate({**WHOLE, "bridges": {"b": ENDS}}), ROOT)
    (summary,) = (job for job in plan.jobs if job.kind == "summary")
    (audit,) = (job for job in plan.jobs if job.kind == "audit")
    assert [arm["name"] for arm in summary.spec["arms"]] == list(plan.study.study.arms)
    assert len(summary.spec["experiments"]) == 2 * len(DIFFERENT)
    runs = [job for job in plan.jobs if job.kind == "runs"]
    assert len(runs) == (4 + 2 * len(DIFFERENT)) * 3
    assert {run["arm"] for run in audit.spec["runs"]} >= set(expanded(ENDS).trainings)


def test_a_study_without_bridges_and_controls_is_planned_as_if_there_were_none() -> None:
    plan = make_plan(validate(WHOLE), ROOT)
    (summary,) = (job for job in plan.jobs if job.kind == "summary")
    (audit,) = (job for job in plan.jobs if job.kind == "audit")
    assert "experiments" not in summary.spec
    assert not {"bridges", "controls"} & audit.spec.keys()
