"""Every departure has its words in every language."""

from typing import Any

import pytest

from study.config.languages import Language
from study.evaluation.departures import departures
from study.reporting.templates import ENDING
from support.audit_arms import faithful_facts
from support.configured_arms import configured, configured_facts
from support.gate import SCRATCH, SECTIONS, SETTINGS, departures_of
from support.rendered import LANGUAGES, TEMPLATES


def words(item: dict[str, Any], language: Language) -> str:
    return TEMPLATES[language].get_template(f"departure{ENDING}").render({"item": item})


@pytest.fixture(scope="module")
def all_departures() -> list[dict[str, Any]]:
    found = [item for name, settings, _ in SETTINGS for item in departures_of(name, **settings).values()]
    found += departures_of(SCRATCH, {0: {"kernel": 3, "filters": 8}, 7: None, 10: {"rate": 0.25}}).values()
    facts = configured_facts(configured("demo.yaml"))
    found += [item for name in facts for item in departures(faithful_facts(SECTIONS[name]), facts[name])]
    sgd = {"optimiser": "sgd", "momentum": 0.9, "momentum_form": "rate_outside", "decay_form": "coupled"}
    other = sgd | {"momentum": 0.5, "momentum_form": "rate_inside", "decay_form": "decoupled"}
    found += departures(sgd, other)
    return found


def test_the_examples_hold_every_departure_that_there_can_be(all_departures: list[dict[str, Any]]) -> None:
    assert {item["key"] for item in all_departures} == faithful_facts("1.1").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_departure_has_its_words(language: Language, all_departures: list[dict[str, Any]]) -> None:
    for item in all_departures:
        text = words(item, language)
        assert len(text) > 8, item
        assert "\n" not in text, item


def test_the_words_name_the_layer_and_what_changed() -> None:
    item = departures_of(SCRATCH, {2: {"kernel": 3, "padding": 1}, 10: None})["network"]
    english, spanish = (words(item, language).replace("\\", "") for language in ("en", "es"))
    assert english == (
        "another network: layer 3 (convolution): kernel 3 instead of 5, padding 1 instead of 2; "
        "layer 11 (dropout) is missing"
    )
    assert spanish == (
        "otra red: la capa 3 (convolución): núcleo 3 en lugar de 5, relleno 1 en lugar de 2; "
        "falta la capa 11 (*dropout*)"
    )
