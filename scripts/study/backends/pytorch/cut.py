"""Cutting a network in two: the frozen part that it begins with, and the rest."""

from dataclasses import dataclass

from torch import fx, nn

from study.backends.pytorch.linear import Linear
from study.backends.pytorch.network import Network
from study.errors import StudyError


@dataclass(frozen=True)
class Halves:
    """Both parts of a network's body; they share its parameters."""

    frozen: nn.Module
    """From prepared images to features."""
    rest: nn.Module
    """From features to the head's input."""


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, Linear) or super().is_leaf_module(m, module_qualified_name)


def cut(network: Network) -> Halves:
    """Cut at the last place, before anything learns or is random, where one tensor carries all that the rest needs.

    Raises StudyError if the network does not begin with a frozen part.
    """
    graph = _Tracer().trace(network.body)
    place = _place(network, graph)
    nodes = list(graph.nodes)
    end = nodes.index(place) + 1
    before, after = fx.Graph(), fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    _copy(nodes[:end], before, copies)
    before.output(copies[place])
    _copy(nodes[end:], after, {place: after.placeholder("features")})
    return Halves(fx.GraphModule(network.body, before), fx.GraphModule(network.body, after))


def _copy(nodes: list[fx.Node], graph: fx.Graph, copies: dict[fx.Node, fx.Node]) -> None:
    for node in nodes:
        copies[node] = graph.node_copy(node, lambda given: copies[given])


def _place(network: Network, graph: fx.Graph) -> fx.Node:
    """Return the node whose values are the features."""
    position = {node: number for number, node in enumerate(graph.nodes)}
    place: fx.Node | None = None
    any_frozen = False
    last_use = 0
    """Position of the last node that uses anything from before the current one."""
    for node in graph.nodes:
        if not _is_fixed(network, node):
            break
        any_frozen = any_frozen or _is_frozen(network, node)
        if any_frozen and last_use <= position[node]:
            place = node
        last_use = max([last_use, *(position[user] for user in node.users)])
    if place is None:
        raise StudyError(
            "frozen: the network does not begin with frozen layers, so there are no features to compute once; "
            "set features: live for this arm"
        )
    return place


def _is_fixed(network: Network, node: fx.Node) -> bool:
    """Return whether a node neither learns nor is random."""
    if node.op != "call_module":
        return node.op in ("placeholder", "call_function", "call_method")
    module = network.body.get_submodule(str(node.target))
    return _is_frozen(network, node) or not (list(module.parameters()) or isinstance(module, nn.Dropout))


def _is_frozen(network: Network, node: fx.Node) -> bool:
    return node.op == "call_module" and node.target in network.frozen
