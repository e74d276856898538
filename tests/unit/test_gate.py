"""The gate: whatever an arm does differently from its source is a departure, and nothing else is."""

import copy
import json
from typing import Any, get_args

import pytest

from study.audit.settings import GROUPS
from study.config.claims import Setting
from study.config.document import Protocol
from study.config.load import validate
from study.errors import StudyError
from study.evaluation.departures import FOLLOWS, HANGS_ON, departures
from study.evaluation.facts import LEFT_OUT
from study.recipe.choices import optimiser_keys
from study.recipe.run import RunSpec
from support.audit_arms import CLAIMS, arm, bench, faithful_facts
from support.configured_arms import configured, configured_facts
from support.gate import ADAM, CONFIG, SCRATCH, SECTIONS, SETTINGS, departures_of


def test_the_study_as_configured_does_what_the_document_did() -> None:
    for name, facts in configured_facts(configured()).items():
        assert departures(faithful_facts(SECTIONS[name]), facts) == []


def test_the_audits_additional_arm_does_what_the_notebook_did() -> None:
    facts = configured_facts(configured("config.yaml", "audit.yaml"))
    assert departures(faithful_facts("1.1", "notebook"), facts["notebook_pytorch"]) == []
    assert [item["key"] for item in departures(faithful_facts("1.1"), facts["notebook_pytorch"])] == ["network"]


def changed(layer: int, type_: str, **values: tuple[Any, Any]) -> dict[str, Any]:
    found = [{"key": key, "document": said, "here": here} for key, (said, here) in values.items()]
    return {"kind": "changed", "part": "layers", "layer": layer, "type": type_, "values": found}


def missing(layer: int, type_: str, part: str = "layers") -> dict[str, Any]:
    return {"kind": "missing", "part": part, "layer": layer, "type": type_}


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ({0: {"kernel": 3}}, [changed(1, "conv", kernel=(11, 3))]),
        ({0: {"stride": 2}}, [changed(1, "conv", stride=(4, 2))]),
        ({0: {"padding": 0}}, [changed(1, "conv", padding=(2, 0))]),
        ({2: {"filters": 192}}, [changed(3, "conv", filters=(128, 192))]),
        ({4: {"activation": "none"}}, [changed(5, "conv", activation=("relu", "none"))]),
        ({1: {"size": 2}}, [changed(2, "max_pool", size=(3, 2))]),
        ({1: {"stride": 3}}, [changed(2, "max_pool", stride=(2, 3))]),
        ({7: None}, [missing(8, "max_pool")]),
        ({9: {"activation": "none"}}, [changed(10, "dense", activation=("relu", "none"))]),
        ({9: {"units": 2048}}, [changed(10, "dense", units=(4096, 2048))]),
        ({10: {"rate": 0.4}}, [changed(11, "dropout", rate=(0.5, 0.4))]),
        ({10: {"rate": 0}}, [missing(11, "dropout")]),
        ({10: None}, [missing(11, "dropout")]),
        ({10: None, 12: None}, [missing(11, "dropout"), missing(13, "dropout")]),
    ],
)
def test_every_change_of_a_network_is_named_with_its_layer(
    layers: dict[int, dict[str, Any] | None], expected: list[dict[str, Any]]
) -> None:
    found = departures_of(SCRATCH, layers)
    assert found.keys() == {"network"}
    assert found["network"]["changes"] == expected


@pytest.mark.parametrize("layers", [{2: {"padding": "same"}}, {0: {"activation": "relu"}}])
def test_a_network_that_is_only_written_otherwise_does_not_depart(layers: dict[int, dict[str, Any] | None]) -> None:
    assert departures_of(SCRATCH, layers) == {}


def test_another_head_is_a_departure() -> None:
    found = departures_of("pretrained_tensorflow", dict.fromkeys((1, 2, 3, 4)))
    assert [(item["kind"], item["layer"], item["part"]) for item in found["network"]["changes"]] == [
        ("missing", layer, "head") for layer in (2, 3, 4, 5)
    ]
    assert departures_of("pretrained_tensorflow", {2: {"rate": 0.3}}).keys() == {"network"}


def test_another_part_and_another_model_of_a_library_are_departures() -> None:
    config = copy.deepcopy(CONFIG)
    flat = [{"type": "flatten"}, {"type": "dense", "units": "classes", "activation": "none"}]
    config["networks"]["alexnet_torchvision"] |= {"keep": "trunk", "head": flat}
    config["networks"]["other"] = {**config["networks"]["alexnet_torchvision"], "model": "vgg16"}
    config["arms"]["other"] = {**config["arms"]["pretrained_pytorch"], "network": "other", "section": None, "label": {}}
    config["arms"]["layers"] = config["arms"]["scratch_pytorch"]
    config["study"]["arms"] = ["pretrained_pytorch", "other", "layers"]
    facts = configured_facts(validate(config))
    kept, model, layers = (
        next(item["changes"] for item in departures(faithful_facts("2.1"), found) if item["key"] == "network")
        for found in facts.values()
    )
    assert kept[0] == {"kind": "keep", "document": "all_but_last_layer", "here": "trunk"}
    assert kept[1] == {"kind": "added", "part": "head", "layer": 1, "type": "flatten"}
    assert model == [{"kind": "other", "document": "torchvision alexnet", "here": "torchvision vgg16"}]
    assert layers == [{"kind": "other", "document": "torchvision alexnet", "here": None}]


@pytest.mark.parametrize(("name", "settings", "keys"), SETTINGS)
def test_every_other_setting_is_a_departure(name: str, settings: dict[str, Any], keys: set[str]) -> None:
    assert departures_of(name, **settings).keys() == keys


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        (SCRATCH, {"monitor": "none"}),  # nothing follows it
        (SCRATCH, {"features": "live"}),
        (SCRATCH, {"input": {"size": 224, "store": "resized"}}),
        (SCRATCH, {"defaults": "pytorch"}),
        (SCRATCH, {"optimiser": ADAM | {"weight_decay": 0, "adam_epsilon": 1e-8}}),
        (SCRATCH, {"early_stop": {"patience": 10}}),  # of ten epochs
    ],
)
def test_what_changes_no_result_is_no_departure(name: str, settings: dict[str, Any]) -> None:
    assert departures_of(name, **settings) == {}


def test_the_gate_does_not_ask_for_the_documents_device() -> None:
    for name, facts in configured_facts(configured(), device="cuda").items():
        assert facts["device"] == "cuda"
        assert departures(faithful_facts(SECTIONS[name]), facts) == []


def test_all_settings_of_a_run_are_facts_and_settings_of_a_protocol() -> None:
    """A setting that is added to runs cannot be forgotten here."""
    facts = faithful_facts("1.1")
    spread = {"input": {"input_size", "resize", "scaling"}}
    spread["optimiser"] = {"optimiser", "learning_rate", "weight_decay", "decay_form"}
    for name in RunSpec.model_fields.keys() - LEFT_OUT.keys():
        assert spread.get(name, {name}) <= facts.keys()
    assert Protocol.model_fields.keys() == RunSpec.model_fields.keys() - LEFT_OUT.keys()
    assert LEFT_OUT.keys() == {"seed", "repetition", "classes", "input.store"}


def test_every_fact_belongs_to_a_setting_that_can_be_a_cause_or_to_what_is_scored() -> None:
    (facts, *_) = configured_facts(configured()).values()
    named = [key for keys in GROUPS.values() for key in keys]
    assert len(set(named)) == len(named)
    assert facts.keys() - set(named) == {"data", "test_images", "test_identity", "monitor"}
    known = facts.keys() | optimiser_keys().keys()
    assert set(named) <= known
    assert set(get_args(Setting)) == GROUPS.keys()
    assert HANGS_ON.keys() | FOLLOWS.keys() <= known


def test_each_fact_alone_is_a_departure() -> None:
    """Also of those that are there for some values of another one only."""
    for section in SECTIONS.values():
        said = faithful_facts(section)
        for key, value in said.items():
            other: Any = "another" if value is None or isinstance(value, str) else None
            if key == "network":
                other = {"library": "torchvision", "model": "another"}
            assert [item["key"] for item in departures(said, {**said, key: other})] == [key]


def test_a_network_that_is_only_named_is_refused_in_one_sentence() -> None:
    claims = CLAIMS.model_dump(mode="json")
    claims["protocols"]["document"]["1.1"]["network"] = "conv 64"
    with pytest.raises(StudyError) as refused:
        validate(CONFIG | {"claims": claims})
    assert str(refused.value) == (
        'configuration: claims.protocols.document.1.1.network: is "conv 64"; must be a network: '
        "{layers: [...]} or {library: ..., model: ..., head: [...]}"
    )


def test_facts_are_plain_json() -> None:
    for facts in (faithful_facts("2.2"), *configured_facts(configured("demo.yaml")).values()):
        assert json.loads(json.dumps(facts, allow_nan=False)) == facts


def test_the_parameters_of_another_arm_are_known_by_what_that_arm_did() -> None:
    study = configured("demo.yaml")
    config = study.model_dump(mode="json")
    facts = configured_facts(study)
    source = facts["pretrained_pytorch"]["weights"]
    assert (source["epochs"], source["data"], source["weights"]) == (8, "digits/pretraining", "none")
    assert source == facts["pretrained_tensorflow"]["weights"]
    config["arms"]["pretraining"]["epochs"] = 9
    assert configured_facts(validate(config))["pretrained_pytorch"]["weights"] == source | {"epochs": 9}


def test_the_arm_that_answers_does_not_depend_on_the_order_of_arms() -> None:
    runs = (0.6, 0.61)
    own = arm("1.1", runs, name="own")
    others = [arm(None, runs, name=name, facts=faithful_facts("1.1")) for name in ("another", "yet_another")]
    departing = arm("1.1", runs, name="own", facts=faithful_facts("1.1") | {"epochs": 1})
    for arms, expected in (
        ([*others, own], "own"),
        ([*others[::-1], departing], "another"),
        ([departing, arm("1.2", runs)], "own"),
    ):
        for order in (arms, arms[::-1]):
            answer = bench(*order).answer("document", "1.1").arm
            assert answer is not None
            assert answer.name == expected
