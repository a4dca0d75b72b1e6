"""Which of a formula's names stand for its variables."""

import re
from collections.abc import Sequence
from typing import Final

GREEK: Final = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi"),
    *("rho", "sigma", "tau", "phi", "varphi", "chi", "psi", "omega"),
)
VARIABLE: Final = re.compile(rf"([A-Za-zα-ωΑ-Ω]|{'|'.join(GREEK)})_?(\d{{1,2}})?")


def is_variable(name: str) -> bool:
    """Whether a name looks like a variable: a letter, perhaps with a number."""
    return VARIABLE.fullmatch(name) is not None


def assigned(found: Sequence[str], header: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The name of ours for each variable of the text.

    Args:
        found: those of the text, in the order of their first appearance.
        header: those in brackets before an equals sign, as in f(w, b) = ….
        names: ours.

    Raises:
        ValueError: there are too many.
    """
    known = header if set(found) <= set(header) else ()
    if len(known) > len(names):
        raise ValueError(_too_many(known, names))
    if known:
        return dict(zip(known, names, strict=False))
    if all(each.lower() in names for each in found):
        return {each: each.lower() for each in found}
    if len(found) > len(names):
        raise ValueError(_too_many(found, names))
    parts = [VARIABLE.fullmatch(each) for each in found]
    if all(part is not None and part[2] for part in parts) and len({part[1] for part in parts if part}) == 1:
        found = sorted(found, key=lambda each: int(re.sub(r"\D", "", each)))
    kept = {each: each.lower() for each in found if each.lower() in names}
    free = iter(name for name in names if name not in kept.values())
    return {each: kept.get(each) or next(free) for each in found}


def _too_many(found: Sequence[str], names: Sequence[str]) -> str:
    allowed = "one" if len(names) == 1 else str(len(names))
    return f"{', '.join(f'“{each}”' for each in found)} are {len(found)} variables: at most {allowed} can be drawn."
