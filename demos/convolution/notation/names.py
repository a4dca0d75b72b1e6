"""The names that a text may use without defining them."""

import builtins
from typing import Final

from demos.convolution.layers import BLOCKS, KINDS
from demos.convolution.notation.values import Opaque, Path

CONTAINERS: Final = frozenset({"Sequential", "ModuleList", "ModuleDict"})
PYTHON: Final = frozenset(
    {
        *(
            "range",
            "len",
            "zip",
            "enumerate",
            "list",
            "tuple",
            "dict",
            "reversed",
            "sum",
            "min",
            "max",
            "abs",
            "sorted",
        ),
        *("int", "float", "str", "bool", "round", "isinstance", "type", "getattr", "setattr", "hasattr", "super"),
        *("print", "map", "object", "set", "any", "all"),
    }
)
LIBRARIES: Final = {
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "torchvision": "torchvision",
    "math": "math",
    "collections": "collections",
    "functools": "functools",
    "np": "numpy",
    "OrderedDict": "collections.OrderedDict",
    "partial": "functools.partial",
    "reduce": "functools.reduce",
}
SPECIAL: Final = {"__name__": "__main__", "__file__": "network.py"}
UNDEFINED: Final = "is not defined in this text"


def known_name(name: str, line: int) -> object:
    """What a name stands for that the text does not define."""
    if name in LIBRARIES:
        return Path(LIBRARIES[name])
    if name in PYTHON:
        return Path(name)
    if name in SPECIAL:
        return SPECIAL[name]
    layers = KINDS | BLOCKS | CONTAINERS
    if name in layers or name.lower() in {each.lower() for each in layers}:
        return Path(f"torch.nn.{name}")
    return Opaque(name, line, "is not read here" if hasattr(builtins, name) else UNDEFINED)
