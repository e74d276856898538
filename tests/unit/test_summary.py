import json
from dataclasses import replace

import numpy as np
import pytest

from study.errors import StudyError
from study.evaluation.results import read_results
from study.evaluation.summary import summarise
from study.evaluation.summary_spec import SummarySpec
from study.evaluation.tables import arms_table, epochs_table, runs_table
from support.study_results import make_study
from support.synthetic_arms import SCRATCH, SyntheticArm, digits_arms, document_arms

ROUNDING = 1e-12
"""Means and differences of a few float64 fractions."""
OTHER = "sha256:" + "0" * 64


def results_of(study):
    spec = SummarySpec.model_validate(study.summary_job.spec)
    return spec, read_results(study.store, study.summary_job, spec)


def summary_of(store, arms, **images):
    return summarise(*results_of(make_study(store, arms, **images)))


def arm_with(accuracies, name="scratch_pytorch", section="1.1", **settings):
    return SyntheticArm(name, section, accuracies, {**SCRATCH, **settings})


def departures_of(arm_summary):
    return {departure["key"]: (departure["document"], departure["here"]) for departure in arm_summary["departures"]}


def test_statistics_over_seeds(tmp_path):
    (arm,) = summary_of(tmp_path, [arm_with({0: 0.60, 1: 0.62, 2: 0.67})])["arms"]
    found = arm["statistics"]["test_accuracy"]
    assert found["n"] == 3
    assert found["mean"] == pytest.approx(0.63, abs=ROUNDING)
    assert found["sd"] == pytest.approx(np.std([0.60, 0.62, 0.67], ddof=1), abs=ROUNDING)
    assert (found["minimum"], found["maximum"]) == (0.60, 0.67)


def test_one_run_has_no_deviation(tmp_path):
    _, results = results_of(make_study(tmp_path, [arm_with({0: 0.6})]))
    assert ",test_accuracy,1,0.6,,0.6,0.6," in arms_table(results).to_csv()


def test_seeds_and_epochs_are_ordered_as_numbers(tmp_path):
    arm = arm_with({10: 0.6, 2: 0.5, 0: 0.4}, epochs=12)
    _, results = results_of(make_study(tmp_path, [arm]))
    runs = runs_table(results)
    assert runs["seed"].tolist() == [0, 2, 10]
    assert runs["test_accuracy"].tolist() == [0.4, 0.5, 0.6]
    epochs = epochs_table(results)
    assert epochs[epochs["seed"] == 10]["epoch"].tolist() == list(range(1, 13))
    assert runs["train_accuracy_seen"].iloc[2] == pytest.approx(0.66, abs=ROUNDING)


def test_nothing_monitored_leaves_the_column_empty(tmp_path):
    _, results = results_of(make_study(tmp_path, [arm_with({0: 0.6}, monitor="none")]))
    assert runs_table(results)["best_monitor_accuracy"].isna().all()
    assert "best_monitor_accuracy" not in arms_table(results)["quantity"].tolist()


def test_training_accuracies_keep_apart_what_was_seen_and_what_is_measured(tmp_path):
    arm = document_arms((0,))[0]
    (summary,) = summary_of(tmp_path, [arm])["arms"]
    assert summary["statistics"]["train_accuracy_seen"]["document"] == 0.7608
    assert summary["statistics"]["train_accuracy"]["document"] is None


def test_confusion_is_summed_over_seeds(tmp_path):
    (arm,) = summary_of(tmp_path, [arm_with({0: 0.5, 1: 0.7})])["arms"]
    assert np.trace(arm["confusion"]) == 240  # (0.5 + 0.7) * 200 images
    assert np.sum(arm["confusion"]) == 400
    assert sum(row["correct"] for row in arm["per_class"]) == 240


def test_a_faithful_study_departs_in_nothing(tmp_path):
    summary = summary_of(tmp_path, document_arms((0,)))
    assert [arm["departures"] for arm in summary["arms"]] == [[], [], [], []]
    assert summary["reduced"] is False


def test_other_data_is_a_departure_of_every_arm(tmp_path):
    summary = summary_of(tmp_path, digits_arms(), train_images=300, test_images=100)
    assert summary["reduced"] is True
    for arm in summary["arms"]:
        found = departures_of(arm)
        assert found.keys() == {"data", "train_images", "test_images"}
        assert found["data"][1] == "digits"
        assert found["train_images"] == (500, 300)


@pytest.mark.parametrize(
    ("settings", "key", "values"),
    [
        ({"epochs": 2}, "epochs", (3, 2)),
        ({"validation_fraction": 0.1, "monitor": "validation"}, "validation_fraction", (0.0, 0.1)),
        ({"weights": "run"}, "weights", ("none", "run")),
        ({"optimiser": {"name": "adam", "learning_rate": 1e-4}}, "learning_rate", (1e-3, 1e-4)),
        (
            {"optimiser": {"name": "adam", "learning_rate": 1e-3, "adam_epsilon": 1e-3}},
            "adam_epsilon",
            (1e-8, 1e-3),
        ),
        ({"init": "glorot_uniform", "bias_init": "fan_in_uniform"}, "init", ("fan_in_uniform", "glorot_uniform")),
        ({"batch_size": 32}, "batch_size", (64, 32)),
        ({"result": "best"}, "result", ("last", "best")),
        ({"input": {"size": 227}}, "input_size", (224, 227)),
        ({"precision": "bfloat16"}, "precision", ("float32", "bfloat16")),
        ({"early_stop": {"patience": 2}}, "early_stop", ("never", {"patience": 2})),
        ({"shuffle": False}, "shuffle", (True, False)),
    ],
)
def test_other_settings_are_departures(tmp_path, settings, key, values):
    arm = document_arms((0,))[0]
    summary = summary_of(tmp_path, [replace(arm, spec={**arm.spec, **settings})])
    assert departures_of(summary["arms"][0]) == {key: values}
    assert summary["reduced"] is True


def test_settings_that_say_what_the_framework_does_anyway_are_no_departure(tmp_path):
    arm = document_arms((0,))[0]
    same = {"name": "adam", "learning_rate": 1e-3, "adam_epsilon": 1e-8, "epsilon_placement": "after_correction"}
    settings = {"init": "fan_in_uniform", "bias_init": "fan_in_uniform", "optimiser": {**same, "weight_decay": 0}}
    (summary,) = summary_of(tmp_path, [replace(arm, spec={**arm.spec, **settings})])["arms"]
    assert summary["departures"] == []


def test_other_published_weights_are_a_departure(tmp_path):
    study = make_study(tmp_path, document_arms((0,)))
    spec, results = results_of(study)
    arms = [arm.model_copy(update={"weights_checksum": OTHER} if arm.section == "2.1" else {}) for arm in spec.arms]
    results = [replace(result, arm=arm) for result, arm in zip(results, arms, strict=True)]
    found = [departures_of(arm) for arm in summarise(spec, results)["arms"]]
    (expected,) = {arm.weights_checksum for arm in spec.arms if arm.section == "2.1"}
    assert found == [{}, {}, {"weights": (expected, OTHER)}, {}]


def test_another_network_is_a_departure(tmp_path):
    arm = document_arms((0,))[2]
    network = {**arm.spec["network"], "model": "squeezenet1_1", "keep": "trunk"}
    (summary,) = summary_of(tmp_path, [replace(arm, spec={**arm.spec, "network": network})])["arms"]
    (found,) = summary["departures"]
    assert found["changes"] == [
        {"kind": "other", "document": "torchvision alexnet", "here": "torchvision squeezenet1_1"}
    ]


def test_collapsed_runs_are_counted_and_kept(tmp_path):
    arm = replace(arm_with({0: 0.6, 1: 0.1}), collapsed=(1,))
    (summary,) = summary_of(tmp_path, [arm])["arms"]
    assert summary["collapsed"] == 1
    assert [run["collapsed"] for run in summary["runs"]] == [False, True]
    assert summary["statistics"]["test_accuracy"]["n"] == 2


def test_a_schedule_that_follows_the_test_set_is_reported(tmp_path):
    arms = summary_of(tmp_path, document_arms((0,)))["arms"]
    own = {"arm": "pretrained_tensorflow", "by": ["schedule"], "inherited": False}
    assert [arm["leaks"] for arm in arms] == [[], [], [], [own]]


def test_runs_of_one_arm_with_other_settings_are_refused(tmp_path):
    one = make_study(tmp_path, [arm_with({0: 0.6})])
    other = make_study(tmp_path, [arm_with({1: 0.6}, batch_size=32)])
    both = replace(
        one,
        arms=[arm_with({0: 0.6, 1: 0.6})],
        runs=one.runs + other.runs,
        predictions=one.predictions + other.predictions,
        metrics=one.metrics + other.metrics,
    )
    with pytest.raises(StudyError, match="arm scratch_pytorch: the runs with seeds 0 and 1 differ in batch_size"):
        results_of(both)


def test_a_run_of_another_seed_is_refused(tmp_path):
    study = make_study(tmp_path, [arm_with({0: 0.6})])
    with pytest.raises(StudyError, match="has seed 0, but should be seed 3"):
        results_of(replace(study, arms=[arm_with({3: 0.6})]))


def test_a_missing_run_is_refused(tmp_path):
    study = make_study(tmp_path, [arm_with({0: 0.6, 1: 0.6})])
    job = replace(study.summary_job, inputs=study.summary_job.inputs[1:])
    with pytest.raises(StudyError, match=f"the settings name runs {study.runs[0].lineage}, which is not among the in"):
        read_results(study.store, job, SummarySpec.model_validate(job.spec))


def test_the_summary_is_plain_json(tmp_path):
    summary = summary_of(tmp_path, document_arms())
    text = json.dumps(summary, allow_nan=False)
    assert len(json.loads(text)["arms"]) == 4
