"""What all configuration models share: strictness, names, and numbers as YAML users write them."""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

NUMBER_TEXT = r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"
LARGEST_COUNT = 2**31 - 1
"""The largest whole number that every library accepts."""
SMALLEST, LARGEST = 2.0**-126, (2 - 2.0**-23) * 2.0**127
"""What 32-bit numbers hold with all their digits: below is 0 to some processors, above is infinity."""
BELOW_1 = 1 - 2.0**-25
"""From here on, a 32-bit number is 1."""
LARGEST_SEED = 2**63 - 1
"""The largest whole number that fits in a table's column."""


class SpecModel(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys_only(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            for key in data:
                if key not in cls.model_fields:
                    close = difflib.get_close_matches(str(key), cls.model_fields, n=1)
                    raise PydanticCustomError(
                        "unknown_key",
                        "unknown key '{key}'{hint}; known keys are {known}",
                        {
                            "key": str(key),
                            "hint": f", did you mean '{close[0]}'?" if close else "",
                            "known": ", ".join(cls.model_fields),
                        },
                    )
        return data


def _parse_number(value: Any) -> Any:
    """Parse a number; YAML 1.1 reads ``1e-4`` as a string, but its writer meant a number."""
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "must be a number")
    if isinstance(value, str):
        if not re.fullmatch(NUMBER_TEXT, value):
            raise PydanticCustomError("number_type", "must be a number")
        return float(value)
    return value


def _parse_integer(value: Any) -> Any:
    if isinstance(value, (bool, str)):
        raise PydanticCustomError("integer_type", "must be a whole number")
    return value


def _in_32_bits(value: float) -> float:
    """Refuse what arithmetic in 32 bits would take for 0 or infinity."""
    if value and not SMALLEST <= abs(value) <= LARGEST:
        raise PydanticCustomError("in_32_bits", "must be 0 or between 1.2e-38 and 3.4e+38, as 32-bit numbers are")
    return value


def _below_1_in_32_bits(value: float) -> float:
    if value >= BELOW_1:
        raise PydanticCustomError("below_1_in_32_bits", "must be less than 1, also when rounded to a 32-bit number")
    return value


def one_of(word: str, forms: str) -> BeforeValidator:
    """Refuse a bare word other than ``word`` where mappings of several forms are also possible."""

    def check(value: Any) -> Any:
        if not isinstance(value, (Mapping, SpecModel)) and value != word:
            raise PydanticCustomError("one_of", "must be {word} or {forms}", {"word": word, "forms": forms})
        return value

    return BeforeValidator(check)


class _NumberSchema:
    """Make the JSON schema accept the strings that ``_parse_number`` accepts."""

    def __get_pydantic_json_schema__(self, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(core_schema), {"type": "string", "pattern": NUMBER_TEXT}]}


_NUMBER = (BeforeValidator(_parse_number), _NumberSchema(), AfterValidator(_in_32_bits))

PositiveNumber = Annotated[float, Field(gt=0), *_NUMBER]
NonNegativeNumber = Annotated[float, Field(ge=0), *_NUMBER]
Proportion = Annotated[float, Field(ge=0, lt=1), *_NUMBER, AfterValidator(_below_1_in_32_bits)]
"""At least 0 and below 1: a rate or a share."""
Accuracy = Annotated[float, Field(ge=0, le=1), *_NUMBER]
"""A fraction of images, 0 to 1."""

PositiveShare = Annotated[float, Field(gt=0, lt=1), *_NUMBER]
"""A share, or a distance between two shares, above 0."""
Difference = Annotated[float, Field(gt=-1, lt=1), *_NUMBER]
"""A difference of two accuracies, as a fraction."""

Count = Annotated[int, Field(ge=1, le=LARGEST_COUNT), BeforeValidator(_parse_integer)]
NonNegativeCount = Annotated[int, Field(ge=0, le=LARGEST_COUNT), BeforeValidator(_parse_integer)]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED), BeforeValidator(_parse_integer)]
Bytes = Annotated[int, Field(ge=1), BeforeValidator(_parse_integer)]

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)]
"""A key that is also a folder name: lower-case letters, digits and underscores."""
Lineage = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""Identifies an artefact: see ``study.store.lineage.digest``."""


def _each_once(values: tuple[Any, ...]) -> tuple[Any, ...]:
    twice = next((value for number, value in enumerate(values) if value in values[:number]), None)
    if twice is not None:
        raise PydanticCustomError("twice", "names '{value}' twice", {"value": str(twice)})
    return values


EACH_ONCE = AfterValidator(_each_once)
"""For a tuple whose values must be distinct."""

NOT_BLANK = r"\S"
Text = Annotated[str, Field(pattern=NOT_BLANK)]
"""A text for people, which must not be blank."""
