"""From a validated study to every job: its settings, code and inputs, and hence its lineage and path.

Pure and fast: nothing is written or downloaded, and no framework is imported.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from study.config.languages import Language
from study.config.leaks import leaks_of
from study.config.study import Study
from study.plan.certificates import add_certificates
from study.plan.experiment_specs import BridgeSpec
from study.plan.experiments import Experiments, Training, expand
from study.plan.plan import Plan, files_of
from study.plan.runs import Collection, Results, add, add_results, add_tensors, all_trained, lineages
from study.recipe.base import SpecModel
from study.recipe.networks import convolves
from study.recipe.recipe import ArmWeights, FileWeights
from study.reporting.figures.names import figure_names
from study.reporting.phrase_files import figures_digest
from study.reporting.specs import bridge_names
from study.reporting.templates import template_digest
from study.store.jobs import Ref

AllResults = Mapping[tuple[str, int], Results]
"""By arm and seed."""


def make_plan(study: Study, root: Path) -> Plan:
    """Plan a study; ``root`` is the folder that holds ``scripts`` and ``report``."""
    experiments = expand(study)
    made = Collection(experiments.study, root)
    own = {arm: Training(arm, study.study.seeds) for arm in study.study.arms}
    trainings = own | dict(experiments.trainings)
    results = {
        (name, seed): add_results(made, training.arm, seed, training.repetition)
        for name, training in trainings.items()
        for seed in training.seeds
    }
    tensors = {name: add_tensors(made, training.arm) for name, training in trainings.items()}
    published = made.jobs[_add_published(made, experiments, results, tensors)]
    return Plan(
        made.study, tuple(made.jobs.values()), made.runs, published, made.downloads, made.programs, made.repetitions
    )


def _add_published(made: Collection, experiments: Experiments, results: AllResults, tensors: Mapping[str, Ref]) -> Ref:
    """Add the tables over all runs, the verdicts, the reports, and readable names for all of it."""
    everything = [ref for result in results.values() for ref in result.values()]
    summary_spec = _summary_spec(experiments, results, tensors)
    summary_inputs = dict.fromkeys([*everything, *tensors.values(), *add_certificates(made)])
    summary = add(made, "summary", "study", summary_spec, "aggregate.py", summary_inputs)
    predictions = dict.fromkeys(result["predictions"] for result in results.values())
    audit = add(made, "audit", "study", _audit_spec(experiments, results), "audit.py", [summary, *predictions])
    report = made.study.report
    reports = [
        _add_report(made, experiments, summary, audit, language, format_)
        for language in report.languages
        for format_ in report.formats
    ]
    spec = {
        "report": {files_of(made.jobs[ref])[0]: ref.lineage for ref in reports},
        "runs": [{"arm": arm, "seed": seed, **lineages(result)} for (arm, seed), result in results.items()],
        "drop_models": [[ref.kind, ref.name, ref.lineage] for ref in _dropped(made)],
        "drop_states": [[ref.kind, ref.name, ref.lineage] for ref in _without_state(made)],
        "languages": {language: _labels(made, language) for language in report.languages},
        "confidence": made.study.evaluation.confidence,
    }
    return add(made, "published", "study", spec, "publish.py", dict.fromkeys([summary, audit, *reports, *everything]))


def _dropped(made: Collection) -> list[Ref]:
    """Return the runs whose trained parameters are deleted when the study is complete."""
    keep, first = made.study.keep_models, made.study.study.seeds[0]
    kept = {run for seed, run in all_trained(made) if keep != "none" and (keep != "first_seed" or seed == first)}
    return sorted({run for _, run in all_trained(made)} - kept, key=lambda run: run.folder)


def _without_state(made: Collection) -> list[Ref]:
    """Return the runs whose last state is deleted when the study is complete."""
    keeps = made.study.keep_models == "all_with_state"
    return [] if keeps else sorted({run for _, run in all_trained(made)}, key=lambda run: run.folder)


def _summary_spec(experiments: Experiments, results: AllResults, tensors: Mapping[str, Ref]) -> dict[str, Any]:
    study, trained = experiments.study, {}
    for name, ref in tensors.items():
        runs = [{"seed": seed, **lineages(result)} for (arm, seed), result in results.items() if arm == name]
        own = name if name in study.study.arms else experiments.trainings[name].arm
        trained[name] = {**_arm_in_summary(study, own, ref, runs), "name": name}
    others = [arm for name, arm in trained.items() if name not in study.study.arms]
    return {
        "document": study.document.model_dump(mode="json"),
        "protocols": study.claims.model_dump(mode="json")["protocols"].get("document", {}),
        "arms": [trained[name] for name in study.study.arms],
        **({"experiments": others} if others else {}),
    }


def _arm_in_summary(study: Study, name: str, tensors: Ref, runs: list[dict[str, Any]]) -> dict[str, Any]:
    arm = study.arms[name]
    dataset = study.datasets[arm.dataset]
    weights = study.weights[arm.weights.file] if isinstance(arm.weights, FileWeights) else None
    return {
        "section": arm.section,
        "document": arm.document.model_dump(mode="json") if arm.document else None,
        "tensors": tensors.lineage,
        "runs": runs,
        "leaks": [leak.model_dump(mode="json") for leak in leaks_of(study, name)],
        "input_notes": [note.model_dump(mode="json") for note in study.input_notes(name)],
        "checksum": dataset.download.checksum if dataset.download else None,
        "weights_checksum": weights.checksum if weights else None,
        "source": arm.weights.arm if isinstance(arm.weights, ArmWeights) else None,
        "origin": origin.model_dump(mode="json") if (origin := study.origin(name)) else None,
    }


def _audit_spec(experiments: Experiments, results: AllResults) -> dict[str, Any]:
    study, bridges = experiments.study, [_without_labels(bridge) for bridge in experiments.bridges]
    return {
        "runs": [
            {"arm": arm, "seed": seed, "predictions": result["predictions"].lineage}
            for (arm, seed), result in results.items()
        ],
        "evaluation": study.evaluation.model_dump(mode="json", exclude={"calibration_bins"}),
        "claims": study.claims.model_dump(mode="json"),
        "cohort": study.cohort.model_dump(mode="json"),
        **({"bridges": _dumped(bridges)} if bridges else {}),
        **({"controls": _dumped(experiments.controls)} if experiments.controls else {}),
    }


def _add_report(
    made: Collection, experiments: Experiments, summary: Ref, audit: Ref, language: Language, format_: str
) -> Ref:
    bridges = _dumped(bridge_names(bridge, language) for bridge in experiments.bridges)
    figures = _add_figures(made, bridges, summary, audit, language)
    spec = {
        "language": language,
        "format": format_,
        "study_name": made.study.study.name,
        "labels": _labels(made, language),
        "bridges": bridges,
        "template": template_digest(language),
    }
    return add(made, "reports", f"{language}-{format_}", spec, "report.py", [summary, audit, figures])


def _add_figures(
    made: Collection, bridges: Sequence[Mapping[str, Any]], summary: Ref, audit: Ref, language: Language
) -> Ref:
    study = made.study
    arms = {name: convolves(study.networks[study.arms[name].network]) for name in study.study.arms}
    spec = {
        "language": language,
        "labels": _labels(made, language),
        "bridges": bridges,
        "figures": figure_names(arms, [bridge["name"] for bridge in bridges]),
        "words": figures_digest(language),
    }
    return add(made, "figures", language, spec, "figures.py", [summary, audit])


def _labels(made: Collection, language: Language) -> dict[str, str]:
    """Return the names of all trained arms in a language."""
    arms = dict.fromkeys([*made.study.study.arms, *(arm for arm, _ in made.runs)])
    return {name: (made.study.arms[name].label or {}).get(language, name) for name in arms}


def _without_labels(bridge: BridgeSpec) -> BridgeSpec:
    """Return a bridge without labels, as its verdicts do not depend on them."""
    steps = tuple(step.model_copy(update={"label": None}) for step in bridge.steps)
    return bridge.model_copy(update={"label": None, "steps": steps})


def _dumped(models: Iterable[SpecModel]) -> list[dict[str, Any]]:
    """Return models as plain JSON values."""
    return [model.model_dump(mode="json") for model in models]
