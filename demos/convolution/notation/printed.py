"""What torch prints of a network, as Python, line by line.

`(0): ReLU()` is a part of what is opened above it. Of a class torch prints the parts in the order of their definition,
not how they are connected: that is only known where there is one part, or whole sequences with pools between.
"""

import re
from typing import Final

from demos.convolution.notation.refusal import Refusal

CHILD: Final = re.compile(r"^(\s*)\(([^()\s:]+)\): (?:(\d+) x )?(([A-Za-z_]\w*)\(.*)$")
OPENING: Final = re.compile(r"^(\s*)()()(([A-Za-z_]\w*)\()$")
UNQUOTED: Final = re.compile(r"=(same|valid|zeros|reflect|replicate|circular)\b")
CONTAINERS: Final = {"Sequential", "ModuleList"}
OF_CLASS: Final = "  # a class"
BETWEEN: Final = ("Sequential", "Adaptive", "AvgPool", "MaxPool", "Flatten", "Dropout")


def printed(text: str) -> str | None:
    """The calls that make what torch prints; None if there is nothing of the kind."""
    lines = text.split("\n")
    if not any(CHILD.match(each) for each in lines):
        return None
    found: list[str] = []
    opened = any(OPENING.match(each) for each in lines)
    closings: list[str] = [] if opened else ["]"]
    for place, line in enumerate(lines):
        part = CHILD.match(line) or OPENING.match(line)
        if part is not None:
            indent, _, times, call, kind = part.groups()
            flat = (
                "Flatten(), " if closings and closings[-1].endswith(OF_CLASS) and _begins_linear(lines, place) else ""
            )
            before, after = ("*[", f" for _ in range({times})]") if times else ("", "")
            end = "," if closings else ""
            if call.endswith("(") and CHILD.match(lines[min(place + 1, len(lines) - 1)]):
                own = kind not in CONTAINERS
                if own:
                    _check_class(lines, place, indent, kind)
                found.append(f"{indent}{flat}{before}Sequential(")
                closings.append(f"){after}{end}" + (OF_CLASS if own else ""))
            else:
                plain = UNQUOTED.sub(r"='\1'", call).replace("(inplace)", "(inplace=True)")
                found.append(f"{indent}{flat}{before}{plain}{after}{end}")
        elif line.strip() == ")" and closings:
            found.append(line.replace(")", closings.pop()))
        else:
            found.append(line)
    return "\n".join(found) if opened else f"[{chr(10).join(found)}]"


def _check_class(lines: list[str], place: int, indent: str, kind: str) -> None:
    """Refuse a class whose parts need not come one after the other."""
    end = next((at for at in range(place + 1, len(lines)) if lines[at].rstrip() == f"{indent})"), len(lines))
    inner = [CHILD.match(each) for each in lines[place + 1 : end]]
    kinds = [each[5] for each in inner if each is not None and len(each[1]) == len(indent) + 2]
    rest = kinds[:-1] if kinds and kinds[-1] == "Linear" else kinds
    if len(kinds) > 1 and not ("Sequential" in rest and all(each.startswith(BETWEEN) for each in rest)):
        raise Refusal(
            f"Line {place + 1}: what torch prints of {kind} does not say how its parts are connected. Paste the "
            "code of its class."
        )


def _begins_linear(lines: list[str], place: int) -> bool:
    """Whether a linear layer is next after a map: a class flattens between them, which is not printed."""
    before, after = ([match[5] for match in map(CHILD.match, part) if match] for part in (lines[:place], lines[place:]))
    following = next((each for each in after if each not in CONTAINERS and each != "Dropout"), "")
    return (
        following == "Linear" and "Flatten" not in before and any("Conv" in each or "Pool" in each for each in before)
    )
