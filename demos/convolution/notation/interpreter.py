"""A small interpreter of Python: what a text builds, and what its networks make of a signal. Nothing is run.

It knows nothing of the numbers in a network. A signal is what has been done with it, so that going through `forward`
once gives the graph of the layers.
"""

import ast

from demos.convolution.layers import CONCAT, RESIDUAL, Layer, setting, signature
from demos.convolution.notation import builtin, methods
from demos.convolution.notation.arithmetic import FOLLOWED
from demos.convolution.notation.constructors import constructed
from demos.convolution.notation.functional import SIZES, is_signal_function, operation, stacked
from demos.convolution.notation.functions import Functions
from demos.convolution.notation.graph import Graph, Unfolding
from demos.convolution.notation.names import CONTAINERS, PYTHON, UNDEFINED
from demos.convolution.notation.refusal import Refusal
from demos.convolution.notation.values import (
    MISSING,
    Block,
    Bound,
    Call,
    Extents,
    Function,
    Leaf,
    Node,
    Opaque,
    OwnClass,
    Partial,
    Path,
    Super,
)

Module = Leaf | Block
SOURCES = {
    *("rand", "randn", "zeros", "ones", "empty", "full", "randint", "tensor", "arange", "rand_like", "randn_like"),
    *("Tensor", "FloatTensor", "from_numpy", "normal", "zeros_like", "ones_like"),
}
OF_TORCHVISION = "is a network of torchvision, whose code is not in this text"
WRAPPING = {"torch.compile", "torch.jit.script", "torch.jit.trace", "torch.nn.utils.spectral_norm"}


class Interpreter(Functions):
    """Runs through a text and keeps what may be its network."""

    def __init__(self) -> None:
        super().__init__()
        self.graph = Graph()
        self.found: list[tuple[object, int, int]] = []  # value, line, and how deep in functions
        self.rest: list[ast.expr] = []  # expressions of the text that are no network
        self.tracing = False

    def note(self, node: ast.expr, value: object, *, named: bool) -> None:
        """Keep what may be the network."""
        if isinstance(value, Leaf | Block | Node | list | tuple):
            self.found.append((value, node.lineno, self.calls))
        elif isinstance(value, Opaque) and value.why == OF_TORCHVISION:
            self.rest.insert(0, node)
        elif value is not None and not named and not self.calls and not isinstance(getattr(node, "value", None), str):
            self.rest.append(node)

    def layers(self, value: object, line: int) -> tuple[Layer, ...]:
        """The layers of a module, a list of modules, or those that a signal has gone through."""
        self.read, self.tracing = [], True
        if isinstance(value, Node):
            start = value
            while start.before is not None:
                start = start.before
            return Unfolding().layers(value, start)
        if isinstance(value, list | tuple) or (isinstance(value, Block) and value.kind in CONTAINERS):
            value = constructed(
                self, "Sequential", Call(line, list(value.modules if isinstance(value, Block) else value))
            )
        if not isinstance(value, Leaf | Block):
            return ()
        start = self.graph.source(line)
        end = self.through(value, start, line)
        if isinstance(end, Opaque):
            self.lose(end)
        if not isinstance(end, Node):
            raise Refusal(
                f"Line {value.line if isinstance(value, Block) else line}: forward returns no signal.", lost=True
            )
        return Unfolding().layers(end, start)

    def through(self, module: Module, signal: object, line: int) -> object:
        """What a module makes of a signal."""
        self.step(line)
        if isinstance(signal, Opaque):
            return signal
        if not isinstance(signal, Node):
            return Opaque("a layer", line, "is given what is not a signal")
        if isinstance(module, Leaf):
            self.read.append(module.layer.kind)
            return self.graph.after(signal, module.layer, module)
        return self.within(line, lambda: self._through_block(module, signal, line))

    def _through_block(self, block: Block, signal: Node, line: int) -> object:
        if block.own is not None:
            forward = block.own.find("forward")
            if isinstance(forward, Function):
                if len(needed := inputs(block)) > 1:
                    many = " and ".join(needed)
                    why = f"{block.kind} needs {many}. Only networks of one input can be shown."
                    raise Refusal(f"Line {forward.line}: {why}")
                made = self.run_function(forward, Call(line, [signal]), block)
                signals = [each for each in made if isinstance(each, Node)] if isinstance(made, list | tuple) else []
                return signals[0] if signals else made
            inner = block.parts.get("net")
            if isinstance(inner, Leaf | Block) and any(isinstance(each, Opaque) for each in block.own.bases):
                return self.through(inner, signal, line)  # as the classes of a course have it
            if not block.own.inherits("torch.nn.Sequential"):
                raise Refusal(f"Line {block.line}: {block.kind} has no forward: paste the whole class.", lost=True)
        if block.kind in {RESIDUAL, CONCAT}:
            ways = []
            for way in block.modules:
                start = self.graph.source(line)
                end = self.through(way, start, line)
                if not isinstance(end, Node):
                    return end
                ways.append(Unfolding().layers(end, start))
            self.read.append(block.kind)
            return self.graph.after(signal, Layer(block.kind, (), block.line, tuple(ways)), block)
        if block.kind in {"ModuleList", "ModuleDict"}:
            raise Refusal(f"Line {line}: a {block.kind} is no layer: go through it in a loop.", lost=True)
        made = signal
        for each in block.modules:
            made = self.through(each, made, line)
        return made

    def sum(self, a: Node, b: Node, line: int) -> Node:
        """The sum of two signals."""
        self.read.append(RESIDUAL)
        return self.graph.joined(RESIDUAL, [a, b], line)

    def attribute(self, base: object, name: str, node: ast.expr) -> object:
        """What is behind a dot."""
        match base:
            case Path(name=path):
                return Path(f"{path}.{name}")
            case Opaque():
                return (
                    self.opaque(node, base.why)
                    if base.why in {FOLLOWED, UNDEFINED} or "comes from" in base.why
                    else base
                )
            case Node() if name in {"shape", "data", "T", "ndim", "device"}:
                return Extents(base) if name == "shape" else base if name == "data" else self.opaque(node)
            case Leaf(layer=layer) if name in signature(layer.kind).parameters:
                return setting(layer, name)
            case Block(parts=parts) if name in parts:
                return parts[name]
            case Block(parts=parts) if name in {"_modules", "__dict__"}:
                return parts
            case Block(own=OwnClass() as own) if (found := own.find(name)) is not MISSING:
                return self._member(base, found)
            case Block() if name == "training":
                return False
            case Block(own=OwnClass() as own) if name == "__class__":
                return own
            case Super(subject=subject, owner=owner):
                for each in owner.bases:
                    found = each.find(name) if isinstance(each, OwnClass) else MISSING
                    if isinstance(found, Function):
                        return Bound(subject, found)
                return Bound(base, name)
            case OwnClass():
                found = base.find(name)
                return self.opaque(node) if found is MISSING else found
            case Leaf() | Block() if name not in methods.OF_MODULES:
                return self.opaque(
                    node, f"is not defined in {base.kind}" if isinstance(base, Block) else "cannot be followed"
                )
            case Leaf() | Block() | Node() | Extents() | list() | dict() | str() | tuple():
                return Bound(base, name)
        return self.opaque(node)

    def _member(self, subject: Block, found: object) -> object:
        if not isinstance(found, Function):
            return found
        if "property" in found.decorators:
            return self.run_function(found, Call(found.line, []), subject)
        return found if "staticmethod" in found.decorators else Bound(subject, found)

    def call(self, function: object, call: Call) -> object:
        """What a call returns."""
        match function:
            case Function():
                return self.run_function(function, call)
            case Bound(subject=subject, method=Function() as method):
                return self.run_function(method, call, subject)
            case OwnClass():
                return self.instance(function, call)
            case Partial(function=inner, positional=first, named=named):
                given = Call(call.line, [*first, *call.positional], {**named, **call.named}, node=call.node)
                return self.call(inner, given)
            case Leaf() | Block():
                return self._applied(function, call)
            case Bound(subject=Node() as signal, method=str() as name):
                return operation(self, name, signal, call)
            case Bound(method=str()):
                return methods.method(self, function, call)
            case Super():
                return function
            case Path(name=path):
                return self._of_library(path, call)
            case Opaque(why=why):
                return Opaque(call.text, call.line) if why == FOLLOWED else function
        return Opaque(call.text, call.line)

    def _applied(self, module: Module, call: Call) -> object:
        """A module that is called. Outside of a network, whatever is not understood of it is left out."""
        own = module.own.find("forward") if isinstance(module, Block) and module.own is not None else None
        given = [*call.positional, *call.named.values()]
        try:
            if isinstance(own, Function) and (self.tracing or not any(isinstance(each, Opaque) for each in given)):
                return self.within(call.line, lambda: self.run_function(own, call, module))
            return self.through(module, given[0], call.line) if len(given) == 1 else Opaque(call.text, call.line)
        except Refusal as refusal:
            if self.tracing or not refusal.lost:
                raise
            return Opaque(call.text, call.line)

    def instance(self, own: OwnClass, call: Call) -> object:
        """An object of a class of the text."""
        made = Block(own.name, call.line, {}, own)
        maker = own.find("__init__")
        if isinstance(maker, Function):
            self.run_function(maker, call, made)
        elif own.inherits("torch.nn.Sequential"):
            methods.fill(self, made, call)
        if not self.calls:
            self.found.append((made, call.line, 0))
        return made

    def _of_library(self, path: str, call: Call) -> object:
        """A function or class of torch, of another library, or of Python."""
        name = path.removeprefix("torch.nn.functional.").removeprefix("torch.")
        kind = path.removeprefix("torch.nn.")
        if path in PYTHON or path in builtin.LIBRARY:
            return builtin.function(self, path, call)
        if path in WRAPPING and call.positional:
            return call.positional[0]
        if name in {"cat", "concat", "concatenate"}:
            return stacked(self, call)
        if path.startswith(("torch.nn.functional.", "torch.")) and (is_signal_function(name) or name in SIZES):
            signal = call.get(0, "input")
            if isinstance(signal, Node):
                places = {at - 1 if isinstance(at, int) else at: each for at, each in call.sources.items() if at != 0}
                named = {each: value for each, value in call.named.items() if each != "input"}
                return operation(self, name, signal, Call(call.line, call.positional[1:], named, places, call.node))
            return signal if isinstance(signal, Opaque) else Opaque(call.text, call.line, "is given no signal")
        if path.startswith("torch.nn.") and not path.startswith("torch.nn.functional."):
            made = constructed(self, kind, call)
            if isinstance(made, Leaf) or (isinstance(made, Block) and made.kind == RESIDUAL):
                self.read.append(kind)
            return made
        if name in SOURCES:
            return self.graph.source(call.line)
        if path == "torch.cuda.is_available":
            return False
        if path.startswith("torchvision.models"):
            return Opaque(call.text, call.line, OF_TORCHVISION)
        return Opaque(call.text, call.line)


def inputs(block: Block) -> list[str]:
    """The arguments that the `forward` of a class of the text needs; none of any other module."""
    forward = block.own.find("forward") if block.own is not None else None
    if not isinstance(forward, Function):
        return []
    known = [*forward.parameters.posonlyargs, *forward.parameters.args][1:]
    return [each.arg for each in known if each.arg not in forward.defaults]
