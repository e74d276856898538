"""Jobs for the certificates that two arms compute the same in both frameworks."""

from study.parity.spec import Depth, side_spec
from study.plan.runs import Collection, add, add_predictions, add_run, add_tensors, lineages, network_name
from study.recipe.defaults import explicit
from study.recipe.networks import DescribedNetwork
from study.recipe.recipe import FRAMEWORKS, Framework
from study.recipe.run import RunSpec
from study.store.jobs import Ref


def add_certificates(made: Collection) -> list[Ref]:
    """Add a certificate for each pair of arms of different frameworks, both from scratch on described networks."""
    depth = made.study.parity
    if depth == "none":
        return []
    arms = {name: made.study.arms[name] for name in made.study.study.arms}
    both = [
        name
        for name, arm in arms.items()
        if arm.weights == "none" and isinstance(made.study.networks[arm.network], DescribedNetwork)
    ]
    pytorch, tensorflow = ([n for n in both if arms[n].framework == f] for f in ("pytorch", "tensorflow"))
    return [_add_certificate(made, (one, other), depth) for one in pytorch for other in tensorflow]


def _add_certificate(made: Collection, pair: tuple[str, str], depth: Depth) -> Ref:
    seed = made.study.study.seeds[0]
    runs = [made.study.run_spec(arm, seed) for arm in pair]
    sides = [
        {framework: _add_side(made, arm, run, framework, depth) for framework in FRAMEWORKS}
        for arm, run in zip(pair, runs, strict=True)
    ]
    predictions = [_add_predictions_by_both(made, arm, seed) for arm in pair] if depth == "full" else []
    spec = {
        "arms": list(pair),
        "runs": [explicit(run).model_dump(mode="json") for run in runs],
        "sides": [lineages(side) for side in sides],
        "predictions": [lineages(scores) for scores in predictions] or None,
    }
    name = "-".join(network_name(run) for run in runs)
    inputs = dict.fromkeys(ref for by_framework in (*sides, *predictions) for ref in by_framework.values())
    return add(made, "parity", name, spec, "parity.py", inputs)


def _add_side(made: Collection, arm_name: str, run: RunSpec, framework: Framework, depth: Depth) -> Ref:
    spec = side_spec(run, framework, depth).model_dump(mode="json")
    name = f"{framework}-{network_name(run)}"
    return add(made, "parity_sides", name, spec, "parity_side.py", [add_tensors(made, arm_name)], framework)


def _add_predictions_by_both(made: Collection, arm_name: str, seed: int) -> dict[Framework, Ref]:
    run, own = add_run(made, arm_name, seed), made.study.arms[arm_name].framework
    (other,) = (framework for framework in FRAMEWORKS if framework != own)
    name = f"{other}-of-{run.name}"
    by_other = add(made, "predictions", name, {}, "predict.py", [run, add_tensors(made, arm_name)], other)
    return {own: add_predictions(made, run, arm_name, seed), other: by_other}
