"""What the interpreter computes with, besides numbers, texts, lists, tuples, dictionaries and ranges of Python."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from demos.convolution.layers import Layer

SCALARS: Final = (bool, int, float, str, type(None))
LISTS: Final = (list, tuple, range)


@dataclass(frozen=True)
class Opaque:
    """What is not followed: it may pass through a text, but no network can be made of it."""

    text: str  # as it is written
    line: int
    why: str = "cannot be followed"


@dataclass(frozen=True)
class Path:
    """A name of a library, such as `torch.nn.Conv2d`, or of Python itself, such as `len`."""

    name: str


@dataclass(eq=False)
class Leaf:
    """A layer of torch.nn."""

    layer: Layer


@dataclass(eq=False)
class Block:
    """A module that has others, or any object of a class of the text."""

    kind: str  # Sequential, ModuleList, ModuleDict, Residual, Concat, or the name of its class
    line: int
    parts: dict[str, object]  # its attributes, in their order
    own: "OwnClass | None" = None

    @property
    def modules(self) -> list["Leaf | Block"]:
        """Those that torch would register."""
        return [each for each in self.parts.values() if isinstance(each, Leaf | Block)]


@dataclass(eq=False)
class Node:
    """A signal: what comes to a network, or what a layer, a sum or a stack makes of signals."""

    number: int  # in the order of computation
    line: int
    layer: Layer | None = None
    inputs: tuple["Node", ...] = ()  # none of what comes to a network, more than one of a sum and a stack
    module: Leaf | Block | None = None  # whose layer it is
    before: "Node | None" = None  # the last signal that all ways to this one go through


@dataclass(frozen=True, eq=False)
class Extents:
    """Sizes of a signal, of which nothing is known but the axes."""

    node: Node
    first: int = 0  # those before it are left out


@dataclass(frozen=True, eq=False)
class Extent:
    """One size of a signal, or the product of several."""

    node: Node
    axes: tuple[int, ...]


@dataclass
class Scope:
    """The names of a function, a class or the text."""

    names: dict[str, object]
    around: "Scope | None" = None

    def find(self, name: str) -> object:
        """What a name stands for; `MISSING` if nothing."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return MISSING


MISSING: Final = object()
QUOTED: Final = 30  # characters of an expression that are shown


def quoted(node: ast.AST) -> str:
    """An expression as it is written, in short."""
    try:
        text = " ".join(ast.unparse(node).split())
    except ValueError:  # a number of thousands of digits
        return "…"
    return f"{text[:QUOTED]}{'…' if len(text) > QUOTED else ''}"


@dataclass(eq=False)
class OwnClass:
    """A class of the text."""

    name: str
    line: int
    bases: Sequence[object]
    names: Mapping[str, object]

    def find(self, name: str) -> object:
        """An attribute of the class or of one that it inherits from."""
        if name in self.names:
            return self.names[name]
        for base in self.bases:
            found = base.find(name) if isinstance(base, OwnClass) else MISSING
            if found is not MISSING:
                return found
        return MISSING

    def inherits(self, name: str) -> bool:
        """Whether a class of torch.nn is among its bases."""
        return any(
            base.inherits(name) if isinstance(base, OwnClass) else isinstance(base, Path) and base.name == name
            for base in self.bases
        )

    @property
    def is_module(self) -> bool:
        """Whether it is a network or a part of one; bases that are not known are taken for modules."""
        return any(
            base.is_module
            if isinstance(base, OwnClass)
            else not isinstance(base, Path) or base.name.startswith("torch")
            for base in self.bases
        )


@dataclass(eq=False)
class Function:
    """A function of the text, with the values of its defaults."""

    name: str
    line: int
    parameters: ast.arguments
    defaults: Mapping[str, object]
    body: Sequence[ast.stmt] | ast.expr
    scope: Scope
    decorators: Sequence[str] = ()
    owner: OwnClass | None = None  # the class in which it stands


@dataclass(frozen=True, eq=False)
class Bound:
    """A method together with what it belongs to."""

    subject: object
    method: "str | Function"


@dataclass(frozen=True, eq=False)
class Super:
    """`super()` of an object, in a method of a class."""

    subject: Block
    owner: OwnClass


@dataclass(frozen=True, eq=False)
class Partial:
    """A function with some arguments."""

    function: object
    positional: Sequence[object]
    named: Mapping[str, object]


@dataclass
class Call:
    """The arguments of a call, with the expressions they come from."""

    line: int
    positional: list[object]
    named: dict[str, object] = field(default_factory=dict)
    sources: dict[int | str, ast.expr] = field(default_factory=dict)
    node: ast.expr | None = None  # as it is written

    @property
    def text(self) -> str:
        """How it is written, in short."""
        return "a call" if self.node is None else quoted(self.node)

    def get(self, place: int, name: str, default: object = None) -> object:
        """An argument by its place or its name."""
        return self.positional[place] if place < len(self.positional) else self.named.get(name, default)
