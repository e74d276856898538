"""Every value that the schema allows has words of its own in every language: a value that is added fails here first."""

import copy
import dataclasses
import itertools
import re
import typing
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from study.audit.findings import Reason, Word
from study.audit.quantities import CANDIDATES, NONE
from study.config.claims import CauseClaim, Claim, Claims, Quantity, ValueClaim
from study.config.document import Document, Language, Section
from study.config.study import Arm
from study.evaluation import conditions
from study.evaluation.departures import departures
from study.evaluation.facts import Facts, data_identity, protocol_facts, run_facts
from study.inspection.study import read_study
from study.parity.stages import STAGES
from study.recipe.data import DatasetSpec
from study.recipe.defaults import Defaults, resolve_optimiser
from study.recipe.expectations import InputNote
from study.recipe.networks import Conv, HeadLayer, Layer
from study.recipe.run import RunSpec
from study.recipe.steering import Leak, steering
from study.reporting import history, templates
from study.reporting.document import MissingRun
from study.reporting.languages import WORDS
from study.reporting.markdown import render
from study.reporting.numbers import NUMBERS
from study.reporting.parity import certificates
from study.runs.record import Ending
from support.rendered import Study, context_of, of_arm, written
from support.rendered import make_study_and_audit as make
from support.schema_values import examples, variants
from support.synthetic_arms import CLAIMS, DOCUMENT, document_arms

LANGUAGES: tuple[Language, ...] = get_args(Language)
SCORES = {"type": "dense", "units": "classes", "activation": "none"}
FIXED = {
    "DescribedNetwork.layers": [[{"type": "conv", "filters": 4, "kernel": 3}, {"type": "flatten"}, SCORES]],
    "LibraryNetwork.head": [[{"type": "global_average_pool"}, SCORES]],
    "InputSpec.size": [224, 227],
    "Frozen.layers": [["conv1"]],
}
FIXED_IMAGES = {
    "Cifar10.archive": [{"filename": "a", "checksum": "md5:" + "0" * 32, "urls": ["x"]}],
    "Cifar10.train_images": [10],
    "Cifar10.test_images": [10],
}
KINDS = {kind: get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(Claim)[0])}
FIXED_CLAIMS = {f"{kind.__name__}.statement": [{"es": "Algo.", "en": "Something."}] for kind in KINDS} | {
    f"{kind.__name__}.id": ["a"] for kind in KINDS
}
OF_CAUSES = ("other_settings_differ",)
"""Reasons of one kind of claim only."""
SILENT = {
    "seed": "the runs of an arm differ in it",
    "classes": "they are counted with the data",
    "store": "every way of storing images gives the network the same values",
}
"""Settings of a run that no sentence is about, and why."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make(tmp_path_factory.mktemp("words"), document_arms((0, 1)))


def arm_of(run: RunSpec) -> dict[str, Any]:
    """What of an arm's summary follows from its settings."""
    by = steering(run) if run.monitor == "test" else ()
    return {
        "spec": run.model_dump(mode="json", exclude={"seed"}),
        "source": "other" if run.weights == "run" else None,
        "leaks": [{"arm": "scratch_pytorch", "by": list(by), "inherited": False}] if by else [],
    }


def all_runs() -> list[tuple[str | None, RunSpec]]:
    """Each choice in a run's settings, with the name of the setting; None for the base.

    Of what a run may leave to its framework, it leaves all or nothing: optimiser, and initial values.
    """
    found = [(name, RunSpec.model_validate(settings)) for name, settings in variants(RunSpec, FIXED)]
    own = found[0][1].model_copy(update={"init": "native", "bias_init": "native"})
    return [
        (name, run)
        for name, run in [*found, ("init", own), ("bias_init", own)]
        if resolve_optimiser(run.optimiser, "native", run.framework) == run.optimiser
        and (run.init == "native") == (run.bias_init == "native")
    ]


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


EVIDENCE = {
    "arms": ["scratch_tensorflow", "scratch_pytorch"],
    "means": [0.7, 0.6],
    "values": [0.6, 0.7],
    "collapsed": 0,
    "scope": "full",
    "p_holm": 0.01,
    "margin": 0.01,
    "resolution_seen": 0.02,
    "seeds_needed": None,
    "missing": [{"section": "1.1", "key": "arm", "document": "1.1", "here": None}],
    "prediction": {"all": [0.5, 0.7], "learned": [0.5, 0.7]},
}
COMPARISON = {"all": {"difference": 0.1, "new_images": [0.05, 0.15], "seeds": 3}}


def claims() -> list[dict[str, Any]]:
    """A claim of each kind and source."""
    return list({(claim["kind"], claim["source"]): claim for claim in examples(Claim, FIXED_CLAIMS)}.values())


def item_of(claim: dict[str, Any], verdict: str, reason: str) -> dict[str, Any]:
    pair = {} if claim["kind"] in ("value", "difference") else {"comparison": COMPARISON}
    return {"claim": claim, "verdict": verdict, "reason": reason, "evidence": EVIDENCE | pair}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_reason_of_every_kind_of_claim_has_words(study: Study, language: Language) -> None:
    context = context_of(study, language)
    assert {claim["kind"] for claim in claims()} == set(KINDS.values())

    def said_of(template: str, claim: dict[str, Any], verdict: str, reason: str) -> str:
        return written(template, context | {"item": item_of(claim, verdict, reason)}, language)

    for claim in claims():
        verdicts = [said_of("verdict", claim, word, "direction") for word in get_args(Word)]
        assert len(set(verdicts)) == len(verdicts)
        known = [reason for reason in get_args(Reason) if claim["kind"] == "cause" or reason not in OF_CAUSES]
        reasons = [said_of("reason", claim, "undecided", reason) for reason in known]
        assert len(set(reasons)) == len(reasons)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_and_fact_has_a_name(study: Study, language: Language) -> None:
    context = context_of(study, language)
    causes = get_args(CauseClaim.model_fields["setting"].annotation)
    cause = next(claim for claim in claims() if claim["kind"] == "cause")
    facts = [key for arm in study[0].content["arms"] for key in arm["facts"]]
    keys = dict.fromkeys(["arm", *causes, *facts])
    for setting, key in [*((setting, "data") for setting in causes), *((causes[0], key) for key in keys)]:
        item = item_of(cause | {"setting": setting}, "not_testable", "other_settings_differ")
        item["evidence"] |= {"missing": [{"section": "1.1", "key": key, "document": 1, "here": 2}]}
        written("reason", context | {"item": item}, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["relation", "equivalence"])
def test_every_verdict_and_cause_is_answered_on_the_first_page(study: Study, language: Language, kind: str) -> None:
    context = context_of(study, language)
    main, cause, difference = (next(c for c in claims() if c["kind"] == k) for k in (kind, "cause", "difference"))
    answers = []
    for verdict in ("supported", "contradicted", "undecided", "not_testable"):
        items = [item_of(main, verdict, "direction")]
        answers.append(written("answer", context | {"number": 1, "evidence": {"conclusions": {1: items}}}, language))
        for word in get_args(Word):
            others = [item_of(claim, word, "direction") for claim in (cause, difference | {"source": "document"})]
            written("answer", context | {"number": 1, "evidence": {"conclusions": {1: [*items, *others]}}}, language)
    assert len(set(answers)) == len(answers)


def facts() -> list[Facts]:
    """What runs of every kind do, on data of every kind and from parameters of every origin."""
    found = [run_facts(run, "none", 32) for _, run in all_runs()]
    weights = ["none", "run", found[0], "sha256:" + "1" * 64, "sha256:" + "2" * 64]
    data = ["sha256:" + "3" * 64, *(data_identity(None, source, part) for source, part in sources())]
    found += [found[0] | {"weights": value} for value in weights] + [{"data": value} for value in data]
    found += [{"monitor": split} for split in examples(RunSpec.model_fields["monitor"].annotation) if split != "none"]
    return [*found, *({f"{split}_images": number} for split in ("train", "test") for number in (1, 300, 50_000))]


def sources() -> set[tuple[str, str | None]]:
    """Sources of images with their parts."""
    return {(value["source"], value.get("part")) for value in examples(DatasetSpec, FIXED_IMAGES)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_departure_has_words(language: Language) -> None:
    protocol = Claims.model_validate(CLAIMS).protocols["document"]["1.1"]
    known = facts()
    for key in protocol_facts(protocol, Document.model_validate(DOCUMENT).data):
        values = {repr(one[key]): one[key] for one in known if one.get(key) is not None}
        assert len(values) > 1, f"{key} has one value only"
        for document, here in itertools.permutations(values.values(), 2):
            if key == "weights" and (document == "run" or isinstance(document, dict)):
                continue  # a source starts from random values or from a file
            for item in departures({key: document}, {key: here}):
                written("departure", {"item": item, "labels": {}}, language)


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
    plan = read_study([Path(__file__).parents[2] / "config" / "config.yaml"]).plan
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
        assert len(set(re.findall(r"- [“«]other[”»], (?:seed|semilla) 0: [^.]+\.", text))) == len(kinds)


def test_every_quantity_has_words() -> None:
    names = {*get_args(Quantity), *CANDIDATES, NONE, *history.QUANTITIES}
    assert set(get_args(ValueClaim.model_fields["quantity"].annotation)) <= names
    for language in LANGUAGES:
        text = (templates.FOLDER / f"names.{language}.md.j2").read_text(encoding="utf-8")
        (listed,) = re.findall(r"set quantities = \{(.+?)\} %\}", text)
        assert names <= set(re.findall(r'"(\w+)":', listed))


def test_every_language_section_and_split_has_words(study: Study) -> None:
    assert set(WORDS) == set(NUMBERS) == set(LANGUAGES)
    monitored = set(get_args(RunSpec.model_fields["monitor"].annotation))
    for language in LANGUAGES:
        assert set(WORDS[language].monitored) == monitored
        assert templates.template_files(language)
        text = render(templates.FOLDER, f"report.{language}.md.j2", context_of(study, language), language)
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
