"""Which artefact belongs to which arm and seed, according to the plan."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from study.config.load import validate
from study.plan.plan import Plan
from study.plan.planner import make_plan
from study.plan.runs import Collection, add_repetition, add_run
from study.recipe.run import RunSpec
from study.store.jobs import Job, Ref
from support.paths import ROOT


def plan_of(change: Callable[[dict[str, Any]], object] = lambda content: None) -> Plan:
    content: dict[str, Any] = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text(encoding="utf-8"))
    content |= {"claims": {}, "cohort": {}}
    change(content)
    return make_plan(validate(content), ROOT)


def seeds(*written: int) -> Callable[[dict[str, Any]], object]:
    return lambda content: content["study"].update(seeds=list(written))


def reverse_keys(content: dict[str, Any]) -> None:
    for key in ("arms", "datasets", "networks"):
        content[key] = dict(reversed(content[key].items()))


@pytest.mark.parametrize("keep", ["all", "first_seed"])
@pytest.mark.parametrize("change", [seeds(2, 0, 1), seeds(1, 2, 0), lambda c: (seeds(0, 1, 2)(c), reverse_keys(c))])
def test_the_order_of_seeds_and_of_keys_changes_no_lineage(
    change: Callable[[dict[str, Any]], object], keep: str
) -> None:
    def refs(change: Callable[[dict[str, Any]], object]) -> set[Ref]:
        return {job.ref for job in plan_of(lambda content: (content.update(keep_models=keep), change(content))).jobs}

    assert refs(change) == refs(seeds(0, 1, 2))


def test_the_order_of_arms_changes_no_lineage_but_of_what_shows_them_in_order() -> None:
    def turned(content: dict[str, Any]) -> None:
        content["study"]["arms"].reverse()

    ordered = {job.ref for job in plan_of().jobs}
    changed = {job.kind for job in plan_of(turned).jobs if job.ref not in ordered}
    assert changed == {"summary", "audit", "figures", "reports", "published"}


def seed_of(plan: Plan, ref: Ref) -> int:
    seed: int = plan.by_folder[ref.folder].spec["seed"]
    return seed


def test_settings_name_the_artefacts_of_each_arm_and_seed() -> None:
    plan = plan_of(seeds(4, 3))
    jobs: dict[str, Job] = {job.kind: job for job in plan.jobs}
    arms = [*jobs["summary"].spec["arms"], *jobs["summary"].spec["experiments"]]
    assert len(arms) == 6
    for arm in arms:
        assert [run["seed"] for run in arm["runs"]] == [3, 4]
        for names in arm["runs"]:
            run = jobs["summary"].input_of("runs", names["run"])
            assert run == plan.runs[arm["name"], names["seed"]]
            assert seed_of(plan, run) == names["seed"]
            scores = jobs["summary"].input_of("predictions", names["predictions"])
            assert plan.by_folder[scores.folder].input("runs") == run
            metrics = jobs["summary"].input_of("metrics", names["metrics"])
            assert plan.by_folder[metrics.folder].input("predictions") == scores
    predictions = {(arm["name"], names["seed"]): names["predictions"] for arm in arms for names in arm["runs"]}
    assert {(run["arm"], run["seed"]): run["predictions"] for run in jobs["audit"].spec["runs"]} == predictions


def test_a_run_is_predicted_with_the_features_and_starts_from_the_weights_of_its_own_seed() -> None:
    plan = plan_of(seeds(1, 0))
    checked = 0
    for (arm, seed), run in plan.runs.items():
        job = plan.by_folder[run.folder]
        for source in job.inputs_of("runs"):
            assert source == plan.runs["pretraining", seed]
        for scores in (other for other in plan.jobs if other.kind == "predictions" and run in other.inputs):
            assert scores.network_input == job.network_input, arm
            for features in scores.inputs_of("features"):
                (source,) = plan.by_folder[features.folder].inputs_of("runs")
                assert source == plan.runs["pretraining", seed]
                checked += 1
    assert checked == 4  # two pretrained arms, two seeds


def repeated(**settings: Any) -> Plan:
    """The demo's plan with one run made again."""
    content = yaml.safe_load((ROOT / "config" / "demo.yaml").read_text(encoding="utf-8"))
    controls = {"controls": {"again": ["scratch_pytorch", "pretrained_tensorflow"]}}
    return make_plan(validate(content | {"claims": {}, "cohort": {}} | controls | settings), ROOT)


@pytest.mark.parametrize("arm", ["scratch_pytorch", "pretrained_tensorflow"])
def test_a_run_that_is_made_again_is_another_training_from_the_same_inputs(arm: str) -> None:
    plan = repeated()
    first, again = (plan.by_folder[ref.folder] for ref in (plan.runs[arm, 0], plan.repetitions[arm, 0, 1]))
    assert again.spec == first.spec | {"repetition": 1}
    assert "repetition" not in first.spec
    assert (again.code, again.inputs) == (first.code, first.inputs)
    assert again.lineage != first.lineage
    assert RunSpec.model_validate(again.spec).model_dump(mode="json") == again.spec
    assert first.ref == plan_of().runs[arm, 0]


def test_a_repetition_is_called_so() -> None:
    plan = repeated()
    again = plan.repetitions["scratch_pytorch", 0, 1]
    jobs = [job for job in plan.jobs if job.kind in ("runs", "predictions") and again in (job.ref, *job.inputs)]
    assert {job.kind for job in jobs} == {"runs", "predictions"}
    assert {plan.label(job) for job in jobs} == {"scratch_pytorch seed 0, again"}
    assert plan.label(plan.by_folder[plan.runs["scratch_pytorch", 0].folder]) == "scratch_pytorch seed 0"


def test_repetitions_are_told_apart() -> None:
    made = Collection(repeated().study, ROOT)
    runs = {add_run(made, "scratch_pytorch", 0), *(add_repetition(made, "scratch_pytorch", 0, n) for n in (1, 2))}
    assert len(runs) == 3


def test_models_of_repetitions_are_kept_as_those_of_their_seed() -> None:
    plan = repeated(keep_models="first_seed")
    dropped = plan.published.spec["drop_models"]
    again, last = plan.repetitions["scratch_pytorch", 0, 1], plan.runs["scratch_pytorch", 1]
    assert [last.kind, last.name, last.lineage] in dropped
    assert [again.kind, again.name, again.lineage] not in dropped
