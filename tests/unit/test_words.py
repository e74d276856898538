"""Every value that the schema allows has words of its own in every language: a value that is added fails here first."""

import copy
import dataclasses
import re
import typing
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from study.config.arm import Arm
from study.config.document import Section
from study.config.languages import Language
from study.evaluation import conditions
from study.inspection.study import read_study
from study.parity.stages import STAGES
from study.recipe.defaults import Defaults
from study.recipe.expectations import InputNote
from study.recipe.networks import Conv, HeadLayer, Layer
from study.recipe.run import RunSpec
from study.recipe.steering import Leak, steering
from study.reporting.document import MissingRun
from study.reporting.parity import certificates, differing_defaults
from study.reporting.phrases import phrases_of
from study.reporting.rendering import render
from study.runs.record import Ending
from support.all_values import all_runs, sources
from support.paths import CONFIG
from support.rendered import LANGUAGES, Study, context_of, of_arm, written
from support.schema_values import examples

SILENT = {
    "seed": "the runs of an arm differ in it",
    "repetition": "nothing that is computed depends on it",
    "classes": "they are counted with the data",
    "store": "every way of storing images gives the network the same values",
}
"""Settings of a run that no sentence is about, and why."""


def arm_of(run: RunSpec) -> dict[str, Any]:
    """What of an arm's summary follows from its settings."""
    by = steering(run) if run.monitor == "test" else ()
    return {
        "spec": run.model_dump(mode="json", exclude={"seed"}),
        "source": "other" if run.weights == "run" else None,
        "leaks": [{"arm": "scratch_pytorch", "by": list(by), "inherited": False}] if by else [],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_choice_in_a_runs_settings_has_words_of_its_own(study: Study, language: Language) -> None:
    runs = all_runs()
    assert {name for name, _ in runs} == {None, *RunSpec.model_fields}
    (base,) = (of_arm(study, language, **arm_of(run)) for name, run in runs if name is None)
    for field in RunSpec.model_fields:
        values = [run for name, run in runs if name == field]
        texts = {repr(run): of_arm(study, language, **arm_of(run)) for run in values if not silent(field, run)}
        assert base not in texts.values(), field
        assert len(set(texts.values())) == len(texts), field


def silent(field: str, run: RunSpec) -> bool:
    return field in SILENT or (field == "input" and run.input.store != "native")


def test_what_an_arm_has_beside_a_runs_settings_is_known() -> None:
    # Labels and figures are shown as they are; defaults are written out in a run, features show in its times, and a
    # data set in its images.
    beside = {"label", "section", "document", "dataset", "defaults", "features"}
    assert set(Arm.model_fields) - set(RunSpec.model_fields) == beside


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [Layer, HeadLayer])
def test_every_layer_has_words_of_its_own(language: Language, kind: Any) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    layers = [adapter.validate_python(layer) for layer in examples(kind)]
    rows = [{"layer": layer, "zeros": layer.zeros if isinstance(layer, Conv) else 0} for layer in layers]
    texts = {written("layer", {"row": row}, language) for row in rows}
    # The same number of zeros is said in the same way, whether it was given or not.
    plain = [(row["layer"].model_dump(exclude={"padding"}), row["zeros"]) for row in rows]
    assert len(texts) == len({repr(values) for values in plain})


def test_every_condition_of_a_run_has_words_in_a_mix() -> None:
    device = {"kind": "cuda", "name": "A", "driver": "1", "cuda": "12", "cudnn": "9", "tf32": True}
    for framework in get_args(RunSpec.model_fields["framework"].annotation):
        record = {
            "device": device,
            "versions": {"python": "3.11", "numpy": "2.0"},
            "precision": "float32",
            "threads": 2,
            "spec": {"framework": framework},
            "framework_version": "2",
        }
        for key, value in conditions.of_record(record).items():
            values = [{"value": value, "seeds": [0]}, {"value": None, "seeds": [1]}]
            mix = {"key": key, "arms": [{"arm": "a", "values": values}]}
            for language in LANGUAGES:
                written("conditions", {"mixed_conditions": [mix], "labels": {"a": "A"}}, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_and_default_of_a_certificate_has_words(language: Language) -> None:
    frameworks = get_args(RunSpec.model_fields["framework"].annotation)
    shared = {"pair": ["a", "b"], "tolerance": 1.0, "worst": 2.0, "tensor": "conv1", "reason": "", "framework": None}
    findings = [shared | {"arm": arm, "stage": stage, "passed": False} for arm in "ab" for stage in STAGES]
    for framework in frameworks:
        own = {"framework": framework, "arm": "a"}
        findings.append(shared | own | {"stage": "native_distribution", "passed": False})
        findings += [shared | own | {"arm": arm, "stage": "native_optimiser", "passed": None} for arm in "ab"]
    measured = ("native_initial_weights", "native_initial_biases", "native_free_run")
    findings += [shared | {"arm": arm, "stage": stage, "passed": None} for arm in "ab" for stage in measured]
    types_ = typing.get_type_hints(Defaults)
    rows = [(key, value, value) for key, kind in types_.items() for value in examples(kind)]
    rows += [row for row in differing_defaults() if row[0] not in types_]
    context = {"certificates": certificates(findings), "differing_defaults": rows, "labels": {"a": "A", "b": "B"}}
    written("parity", context, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_leak_note_gap_and_ending_has_words_of_its_own(study: Study, language: Language) -> None:
    plain = of_arm(study, language)
    steered = [leak["by"][0] for leak in examples(Leak)]
    leaks = [[{"arm": "x", "by": [by], "inherited": inherited}] for by in steered for inherited in (False, True)]
    notes = [[note] for note in {str(note): note for note in examples(InputNote)}.values()]
    gaps = [[{"seed": 0, "seen": 0.7, "measured": 0.2, "cause": cause}] for cause in ("batch_norm", "unknown")]
    for key, values in (("leaks", leaks), ("input_notes", notes), ("inference_gap", gaps)):
        texts = [of_arm(study, language, **{key: value}) for value in values if key != "leaks" or value]
        assert len(set(texts)) == len({str(value) for value in values})
        assert plain not in texts
    spec = study[0].content["arms"][0]["spec"] | {"early_stop": {"patience": 2}}
    runs = study[0].content["arms"][0]["runs"]
    endings = [
        of_arm(study, language, spec=spec, runs=[run | {"ended": ending} for run in runs])
        for ending in get_args(Ending)
    ]
    assert len(set(endings)) == len(get_args(Ending))


def test_every_step_that_can_be_missing_has_words(study: Study) -> None:
    plan = read_study([CONFIG / "config.yaml"]).plan
    kinds, waiting = set(), [ref for ref in plan.published.inputs if ref.kind == "metrics"]
    while waiting:
        ref = waiting.pop()
        if ref.kind not in kinds:
            kinds.add(ref.kind)
            waiting += plan.by_folder[ref.folder].inputs
    assert {"downloads", "features"} < kinds
    for language in LANGUAGES:
        missing = tuple(MissingRun("other", 0, None, kind, None) for kind in sorted(kinds))
        text = written("report", context_of(study, language, missing), language)
        assert len(set(re.findall(r"- [^.,]*other[^.,]*, [^.]+\.", text))) == len(kinds)


def test_every_section_and_split_has_words(study: Study) -> None:
    monitored = set(get_args(RunSpec.model_fields["monitor"].annotation)) - {"none"}
    for language in LANGUAGES:
        assert monitored <= set(phrases_of(language).tables["drawing"])
        text = render("report", context_of(study, language), language)
        assert set(re.findall(r"^## (\d\\?\.\d)", text, re.MULTILINE)) == {
            s.replace(".", "\\.") for s in get_args(Section)
        }


def test_every_source_of_images_has_words(study: Study) -> None:
    for language in LANGUAGES:
        texts = set()
        for source, part in sources():
            summary = dataclasses.replace(study[0], content=copy.deepcopy(study[0].content))
            for arm in summary.content["arms"]:
                arm["data"] |= {"source": source, "part": part}
            texts.add(written("report", context_of((summary, study[1]), language), language))
        assert len(texts) == len(sources())
