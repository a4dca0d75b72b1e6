"""What is true of values, as far as that is known before any number flows."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

from demos.convolution.notation.values import LISTS, SCALARS, Block, Extent, Extents, Node, Opaque, Path

COMPARED: Final[Mapping[type[ast.cmpop], Callable[[object, object], object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # of numbers or texts, seen before
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
}


def truth(value: object) -> bool | None:
    """Whether Python takes a value for true, if that is known."""
    if isinstance(value, Opaque | Node | Extent | Extents) or (isinstance(value, Path) and "torch" not in value.name):
        return None
    if isinstance(value, Block):
        return bool(value.parts) if value.kind in {"Sequential", "ModuleList", "ModuleDict"} else True
    return bool(value)


def compared(sign: ast.cmpop, a: object, b: object) -> bool | None:
    """What a comparison says; None if that is not known."""
    if isinstance(sign, ast.Is | ast.IsNot):
        same = a is b or (isinstance(a, (Path, *SCALARS)) and type(a) is type(b) and a == b)
        return None if any(isinstance(each, Opaque) for each in (a, b)) else same == isinstance(sign, ast.Is)
    if isinstance(sign, ast.In | ast.NotIn):
        inside = list(b) if isinstance(b, (dict, str, *LISTS)) else [None, Opaque("", 0)]
        if not _plain(a) or not all(map(_plain, inside)):
            return None
        held = a in b if isinstance(b, str) and isinstance(a, str) else a in inside
        return held == isinstance(sign, ast.In)
    if isinstance(sign, ast.Eq | ast.NotEq) and isinstance(a, Path) and isinstance(b, Path):
        return (a == b) == isinstance(sign, ast.Eq)
    if isinstance(sign, ast.Eq | ast.NotEq) and all(map(_plain, (a, b))):
        return bool(COMPARED[type(sign)](a, b))
    if all(isinstance(each, int | float) for each in (a, b)) or all(isinstance(each, str) for each in (a, b)):
        return bool(COMPARED[type(sign)](a, b))
    return None


def _plain(value: object) -> bool:
    """Whether a value can be compared in one step."""
    inner = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(each, SCALARS) for each in inner)
