"""What layers make of a signal, as a graph, and the graph as layers one after the other.

A sum of two signals is a residual block, and a stack of signals a concatenation, from the last signal that all their
ways go through: its immediate dominator. It is found while the graph grows, since each signal comes after its inputs.

Reference: K. Cooper, T. Harvey and K. Kennedy, "A simple, fast dominance algorithm", 2001
"""

from collections.abc import Sequence

from demos.convolution.layers import CONCAT, RESIDUAL, Layer, flat
from demos.convolution.notation.constructors import WEIGHTED
from demos.convolution.notation.refusal import MAX_LAYERS, Refusal
from demos.convolution.notation.values import Block, Leaf, Node


class Graph:
    """The signals of a text."""

    def __init__(self) -> None:
        self.count = 0
        self.stacks: dict[tuple[int, ...], Node] = {}

    def source(self, line: int) -> Node:
        """What comes to a network."""
        self.count += 1
        return Node(self.count, line)

    def after(self, signal: Node, layer: Layer, module: Leaf | Block) -> Node:
        """What a layer makes of a signal."""
        self.count += 1
        return Node(self.count, layer.line, layer, (signal,), module, signal)

    def joined(self, kind: str, signals: Sequence[Node], line: int) -> Node:
        """The sum or the stack of several signals."""
        if kind == CONCAT:
            signals = self._without_common_part(tuple(signals))
        if len(signals) == 1:
            return signals[0]
        self.count += 1
        before = signals[0]
        for each in signals[1:]:
            before = _common(before, each, line)
        made = Node(self.count, line, Layer(kind, (), line), tuple(signals), None, before)
        if kind == CONCAT:
            self.stacks[tuple(each.number for each in signals)] = made
        return made

    def _without_common_part(self, signals: tuple[Node, ...]) -> tuple[Node, ...]:
        """A stack that begins with all of an earlier one, as in DenseNet, holds that one."""
        for count in range(len(signals) - 1, 1, -1):
            earlier = self.stacks.get(tuple(each.number for each in signals[:count]))
            if earlier is not None:
                spread = tuple(each.number for each in signals)
                found = (earlier, *signals[count:])
                self.stacks[spread] = self.joined(CONCAT, found, signals[-1].line) if len(found) > 1 else earlier
                return (self.stacks[spread],)
        return signals


def _common(one: Node, other: Node, line: int) -> Node:
    """The last signal that all ways to both go through."""
    while one is not other:
        late, early = (one, other) if one.number > other.number else (other, one)
        if late.before is None:
            raise Refusal(f"Line {line}: the two signals do not come from the same input.", lost=True)
        one, other = late.before, early
    return one


class Unfolding:
    """Layers from signals. No layer may come twice."""

    def __init__(self) -> None:
        self.count = 0
        self.seen: set[int] = set()
        self.modules: dict[int, int] = {}

    def layers(self, end: Node, start: Node) -> tuple[Layer, ...]:
        """Those between two signals, of which all ways to the second go through the first."""
        signals: list[Node] = []
        signal = end
        while signal is not start:
            if signal.before is None:
                raise Refusal(f"Line {signal.line}: this does not come from the input of the network.", lost=True)
            signals.append(signal)
            signal = signal.before
        return tuple(
            self.layer(each, each.layer, each.before) for each in reversed(signals) if each.layer and each.before
        )

    def layer(self, signal: Node, layer: Layer, before: Node) -> Layer:
        """The layer, or the block, that makes a signal."""
        if signal.number in self.seen:
            raise Refusal(
                f"Line {signal.line}: what {layer.kind} makes is used by ways that end in different places. Sums and "
                "stacks can be shown if each begins and ends with all its ways.",
                lost=True,
            )
        self.seen.add(signal.number)
        self.count += len(flat((layer,)))
        if self.count > MAX_LAYERS:
            raise Refusal(f"{layer}: more than {MAX_LAYERS} layers.")
        if signal.module is None:
            ways = [self.layers(each, before) for each in signal.inputs]
            return _block(layer, ways)
        weighted = any(each.kind in WEIGHTED for each in flat((layer,)))
        first = self.modules.setdefault(id(signal.module), signal.number)
        if weighted and first != signal.number:
            raise Refusal(
                f"{layer}: it is used a second time, with the weights that it has already. Layers that share their "
                "weights cannot be shown: make a layer for each use."
            )
        return layer


def _block(layer: Layer, ways: Sequence[tuple[Layer, ...]]) -> Layer:
    """A sum's longer way is its body; what does nothing is no layer of a shortcut."""
    if layer.kind == RESIDUAL:
        body, short = ways if len(flat(ways[0])) >= len(flat(ways[1])) else ways[::-1]
        shortcut = () if all(each.kind == "Identity" for each in short) else short
        return layer._replace(ways=(body or (Layer("Identity", (), layer.line),), shortcut))
    return layer._replace(ways=tuple(() if all(each.kind == "Identity" for each in way) else way for way in ways))
