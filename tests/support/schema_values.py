"""Values that the schema allows, found by walking its definitions: a choice that is added there is found here."""

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

NUMBERS: Mapping[type, Sequence[Any]] = {
    bool: (True, False),
    int: (3, 1),
    float: (0.25, 0.5),
    str: ("alexnet",),
    type(None): (None,),
}
"""Examples of what has no choices; 1 because words have a form of their own for it."""


def examples(annotation: Any, fixed: Mapping[str, Sequence[Any]] | None = None) -> list[Any]:
    """Plain examples of a type, the first of them the base: every choice in it appears in at least one of them.

    Literals give each value, unions each member, models a base and changes of one field each. ``fixed`` gives examples
    of fields, as ``Model.field``, instead, where a model asks for more than its types say.
    """
    origin = get_origin(annotation)
    if origin is Annotated:
        return examples(get_args(annotation)[0], fixed)
    if origin is Literal:
        return list(get_args(annotation))
    if origin in (Union, types.UnionType):
        return [value for member in get_args(annotation) for value in examples(member, fixed)]
    if origin is tuple:
        return [[value] for value in examples(get_args(annotation)[0], fixed)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [settings for _, settings in variants(annotation, fixed)]
    return list(NUMBERS[annotation])


def variants(
    model: type[BaseModel], fixed: Mapping[str, Sequence[Any]] | None = None
) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """The base of a model, with None for its field, then each change of a field with the field's name."""
    fields = {
        name: list((fixed or {}).get(f"{model.__name__}.{name}") or examples(field.annotation, fixed))
        for name, field in model.model_fields.items()
    }
    optional = [name for name, values in fields.items() if None in values]
    base = {name: next((v for v in values if v is not None), None) for name, values in fields.items()}
    changes = [(name, {name: value}) for name, values in fields.items() for value in values if value != base[name]]
    empty = dict.fromkeys(optional)
    alone = [(name, empty | {name: value}) for name in optional for value in fields[name] if len(optional) > 1]
    for name, change in [(None, {}), *changes, *alone]:
        try:
            model.model_validate(base | change)
        except ValidationError:
            continue  # no value that the schema allows
        yield name, base | change
