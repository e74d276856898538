"""Every kind of claim, verdict, reason and departure has words of its own in every language."""

import itertools
from typing import Any, get_args

import pytest

from study.audit.findings import Reason, Word
from study.audit.quantities import CANDIDATES, NONE
from study.config.claims import CauseClaim, Claim, Claims, Experiment, Quantity, ValueClaim
from study.config.document import Document
from study.config.languages import Language
from study.evaluation.departures import departures
from study.evaluation.facts import Facts, data_identity, protocol_facts, run_facts
from study.recipe.choices import optimiser_keys
from study.recipe.run import RunSpec
from study.reporting import history
from study.reporting.phrases import phrases_of
from support.all_values import all_runs, sources
from support.rendered import LANGUAGES, Study, context_of, written
from support.schema_values import examples
from support.synthetic_arms import CLAIMS, DOCUMENT
from support.synthetic_bridges import FRAMEWORKS, names

KINDS = {kind: get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(Claim)[0])}
FIXED_CLAIMS = {f"{kind.__name__}.statement": [{"es": "Algo.", "en": "Something."}] for kind in KINDS} | {
    f"{kind.__name__}.id": ["a"] for kind in KINDS
}
OF_CAUSES = ("other_settings_differ", "order_not_shown", "above_half", "below_half", "around_half", "parity_failed")
"""Reasons of one kind of claim only."""
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
EFFECTS: list[dict[str, Any]] = [
    {"all": {"seeds": 3, "value": 0.02, "interval": [0.01, 0.03], "p": 0.01}, "learned": None},
    {"all": {"seeds": 3, "value": 0.02, "interval": None, "p": None}, "learned": None},
    {"all": None, "learned": None},
]
OF_EXPERIMENTS = ("above_half", "below_half", "around_half", "order_not_shown", "parity_failed", "many_comparisons")
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
@pytest.mark.parametrize("step", [None, "framework"])
def test_every_finding_of_an_experiment_has_words(study: Study, language: Language, step: str | None) -> None:
    context = context_of(study, language, bridges=names(language))
    cause = next(claim for claim in claims() if claim["kind"] == "cause")
    relation = next(claim for claim in claims() if claim["kind"] == "relation")
    reasons, answers = [], []
    for role in get_args(Experiment.model_fields["role"].annotation):
        asked = {"bridge": FRAMEWORKS.name, "step": step, "role": role}
        for effect in EFFECTS:
            shown = {"experiment": asked, "effect": effect, "excess": effect, "parity": None}
            for reason in OF_EXPERIMENTS:
                item = item_of(cause, "undecided", reason)
                item["evidence"] = item["evidence"] | shown
                reasons.append((role, written("reason", context | {"item": item}, language)))
            cases = [("supported", "above_half"), ("contradicted", "below_half"), ("undecided", "around_half")]
            cases += [("not_testable", "order_not_shown"), ("not_testable", "parity_failed")]
            for verdict, reason in cases:
                item = item_of(cause, verdict, reason)
                item["evidence"] = item["evidence"] | shown
                items = [item_of(relation, "supported", "direction"), item]
                evidence = {"conclusions": {1: items}, "misnamed": {}}
                answers.append(written("answer", context | {"number": 1, "evidence": evidence}, language))
    of_roles = {reason for role, reason in reasons if role == "cause"} & {r for role, r in reasons if role == "rival"}
    assert len(of_roles) == len(EFFECTS) * (len(OF_EXPERIMENTS) - 2)
    assert len({reason for _, reason in reasons}) == len(reasons) - len(of_roles)
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_runs_that_an_experiment_lacks_are_named(study: Study, language: Language) -> None:
    item = item_of(next(claim for claim in claims() if claim["kind"] == "cause"), "not_testable", "arm_not_run")
    item["evidence"] = {"arms": [], "missing": [], "lacking": ["start_framework"]}
    assert "`start_framework`" in written("reason", context_of(study, language) | {"item": item}, language)


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
        answers.append(
            written(
                "answer", context | {"number": 1, "evidence": {"conclusions": {1: items}, "misnamed": {}}}, language
            )
        )
        for word in get_args(Word):
            others = [item_of(claim, word, "direction") for claim in (cause, difference | {"source": "document"})]
            evidence = {"conclusions": {1: [*items, *others]}, "misnamed": {}}
            written("answer", context | {"number": 1, "evidence": evidence}, language)
    assert len(set(answers)) == len(answers)


def facts() -> list[Facts]:
    """What runs of every kind do, on data of every kind and from parameters of every origin."""
    found = [run_facts(run, "none", 32) for _, run in all_runs()]
    weights = ["none", "run", found[0], "sha256:" + "1" * 64, "sha256:" + "2" * 64]
    data = ["sha256:" + "3" * 64, *(data_identity(None, source, part) for source, part in sources())]
    found += [found[0] | {"weights": value} for value in weights] + [{"data": value} for value in data]
    found += [{"monitor": split} for split in examples(RunSpec.model_fields["monitor"].annotation) if split != "none"]
    return [*found, *({f"{split}_images": number} for split in ("train", "test") for number in (1, 300, 50_000))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_departure_has_words(language: Language) -> None:
    protocol = Claims.model_validate(CLAIMS).protocols["document"]["1.1"]
    known = facts()
    for key in dict.fromkeys([*protocol_facts(protocol, Document.model_validate(DOCUMENT).data), *optimiser_keys()]):
        values = {repr(one[key]): one[key] for one in known if one.get(key) is not None}
        assert len(values) > 1, f"{key} has one value only"
        for document, here in itertools.permutations(values.values(), 2):
            if key == "weights" and (document == "run" or isinstance(document, dict)):
                continue  # a source starts from random values or from a file
            for item in departures({key: document}, {key: here}):
                written("departure", {"item": item, "labels": {}}, language)


def test_every_quantity_has_words() -> None:
    names = {*get_args(Quantity), *CANDIDATES, NONE, *history.QUANTITIES}
    assert set(get_args(ValueClaim.model_fields["quantity"].annotation)) <= names
    for language in LANGUAGES:
        assert names <= set(phrases_of(language).tables["quantities"])
