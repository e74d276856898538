"""How one network differs from another, layer by layer, as a reader would put it."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

Layers = Sequence[Mapping[str, Any]]


def network_changes(document: Mapping[str, Any], here: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the changes from one network to another, both as ``facts.network_facts`` returns them.

    Each has a ``kind``: ``other``, another library's network or none (``document`` and ``here``: its library and model,
    None for a network given as layers); ``keep``, another part of the library's network; or, with the ``part``
    (``layers`` or ``head``), the number of the ``layer`` from 1 and its ``type``, ``missing``, ``added`` or
    ``changed``, with ``values``: each ``key`` of it, with both values. A layer that is only here has its number here,
    and any other its number in the document's network.
    """
    titles = [f"{net['library']} {net['model']}" if "library" in net else None for net in (document, here)]
    if titles[0] != titles[1]:
        return [{"kind": "other", "document": titles[0], "here": titles[1]}]
    if titles[0] is None:
        return _layer_changes("layers", document["layers"], here["layers"])
    kept = (document["keep"], here["keep"])
    keep = [{"kind": "keep", "document": kept[0], "here": kept[1]}] if kept[0] != kept[1] else []
    return [*keep, *_layer_changes("head", document["head"], here["head"])]


def _layer_changes(part: str, document: Layers, here: Layers) -> list[dict[str, Any]]:
    # Layers are matched by type alone: one with other settings has changed. The last always gives the scores.
    types, types_here = ([str(layer["type"]) for layer in layers[:-1]] for layers in (document, here))
    found: list[dict[str, Any]] = []
    for tag, first, last, low, high in SequenceMatcher(None, types, types_here, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs = zip(range(first, last), document[first:last], here[low:high], strict=True)
            changed = [(_at(part, "changed", place, old), _values(old, new)) for place, old, new in pairs]
            found += [{**change, "values": values} for change, values in changed if values]
        else:
            found += [_at(part, "missing", place, document[place]) for place in range(first, last)]
            found += [_at(part, "added", place, here[place]) for place in range(low, high)]
    return found


def _at(part: str, kind: str, place: int, layer: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "part": part, "layer": place + 1, "type": layer["type"]}


def _values(document: Mapping[str, Any], here: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "document": value, "here": here[key]} for key, value in document.items() if here[key] != value]
