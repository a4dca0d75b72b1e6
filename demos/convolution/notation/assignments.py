"""What stands before an equals sign, and behind `del`."""

import ast
from collections.abc import Sequence

from demos.convolution.notation.expressions import Expressions
from demos.convolution.notation.values import Block, Extent, Extents, Opaque, quoted


class Assignments(Expressions):
    """Gives values to names, attributes and places."""

    def assign(self, target: ast.expr, value: object) -> None:
        """Give a value to what stands before an equals sign."""
        match target:
            case ast.Name(id=name):
                self.scope.names[name] = value
            case ast.Attribute(value=base, attr=name):
                subject = self.value(base)
                if isinstance(subject, Block):
                    subject.parts[name] = value
            case ast.Subscript(value=base, slice=index):
                subject, place = self.value(base), self.value(index)
                self.put(subject, place, value, target)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self.unpack(targets, value, target)

    def delete(self, target: ast.expr) -> None:
        """Take a part out of what holds it."""
        if isinstance(target, ast.Attribute) and isinstance(subject := self.value(target.value), Block):
            subject.parts.pop(target.attr, None)
        if not isinstance(target, ast.Subscript):
            return
        subject, place = self.value(target.value), self.value(target.slice)
        keys = list(subject.parts) if isinstance(subject, Block) else subject
        if isinstance(keys, list) and isinstance(place, int | slice):
            if isinstance(place, int) and not -len(keys) <= place < len(keys):
                self.refuse(target.lineno, f"“{quoted(target)}” is beyond the end: there are {len(keys)}.")
            gone = keys[place] if isinstance(place, slice) else [keys[place]]
            if isinstance(subject, Block):
                subject.parts = {key: each for key, each in subject.parts.items() if key not in gone}
            else:
                del keys[place]
        elif isinstance(keys, dict) and isinstance(place, str | int):
            keys.pop(place, None)

    def put(self, subject: object, place: object, value: object, target: ast.expr) -> None:
        """Give a value to a place in a list or a dictionary."""
        if isinstance(subject, Block):
            keys = list(subject.parts)
            if isinstance(place, int) and -len(keys) <= place < len(keys):
                subject.parts[keys[place]] = value
            elif isinstance(place, str):
                subject.parts[place] = value
        elif isinstance(subject, list) and isinstance(place, int):
            if not -len(subject) <= place < len(subject):
                self.refuse(target.lineno, f"“{quoted(target)}” is beyond the end: there are {len(subject)}.")
            subject[place] = value
        elif isinstance(subject, dict):
            subject[place if isinstance(place, str | int) else f"key {len(subject)}"] = value

    def unpack(self, targets: Sequence[ast.expr], value: object, node: ast.expr) -> None:
        """Give the parts of a value to several names."""
        if isinstance(value, Extents):
            values: list[object] | None = [Extent(value.node, (value.first + place,)) for place in range(len(targets))]
        else:
            values = self.iterated(value)
        if values is None:
            values = [value if isinstance(value, Opaque) else self.opaque(node)] * len(targets)
        starred = [place for place, each in enumerate(targets) if isinstance(each, ast.Starred)]
        if len(starred) == 1 and len(values) >= len(targets) - 1:
            first, rest = starred[0], len(targets) - starred[0] - 1
            values = [*values[:first], values[first : len(values) - rest], *values[len(values) - rest :]]
        if len(values) != len(targets):
            self.refuse(node.lineno, f"{len(values)} values cannot be given to {len(targets)} names.")
        for each, one in zip(targets, values, strict=True):
            self.assign(each.value if isinstance(each, ast.Starred) else each, one)
