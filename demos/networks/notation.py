"""Hidden layers and weights as people write them: "4, 2" or an `nn.Sequential`, and a state dict as JSON."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, cast

import numpy as np
from torch import nn

from demos.convolution.layers import Layer
from demos.convolution.notation import parse
from demos.networks.perceptron import ACTIVATIONS
from demos.networks.playground import Weights

MOST_LAYERS: Final = 6
MOST_NEURONS: Final = 16  # of a layer
MOST_CHARACTERS: Final = 100_000
IGNORED: Final = frozenset({"Sigmoid", "Softmax", "LogSoftmax", "Identity"})  # behind the logits: the loss holds it


class Hidden(NamedTuple):
    """The layers between features and output."""

    widths: tuple[int, ...]
    activations: tuple[str, ...] | None = None  # one each, if code says which
    inputs: int | None = None  # of the first layer, if code says so
    outputs: int | None = None  # of the last


def hidden_layers(text: str) -> Hidden:
    """The hidden layers of a text: numbers of neurons, "none", or a network of `nn.Linear` and activations as code.

    Raises:
        ValueError: it cannot be read, or has more than the pictures have room for.
    """
    if "Linear" in text or "nn." in text:
        return _checked(_from_code(parse(text)))
    plain = text.strip().strip("[]()").lower()
    if plain in {"", "0", "none", "no"}:
        return Hidden(())
    parts = [part for part in re.split(r"[\s,;×x–]+|(?<=\d)-(?=\d)", plain) if part]
    if not all(re.fullmatch(r"\d{1,6}", part) for part in parts):
        raise ValueError("Write the neurons of each hidden layer, such as 8, 8, or none, or paste an nn.Sequential.")
    return _checked(Hidden(tuple(int(part) for part in parts)))


def _checked(hidden: Hidden) -> Hidden:
    if len(hidden.widths) > MOST_LAYERS:
        raise ValueError(f"There are {len(hidden.widths)} hidden layers; the picture has room for {MOST_LAYERS}.")
    for place, width in enumerate(hidden.widths, 1):
        if not 1 <= width <= MOST_NEURONS:
            raise ValueError(f"Hidden layer {place} has {width} neurons; from 1 to {MOST_NEURONS} have room.")
    return hidden


def _from_code(layers: Sequence[Layer]) -> Hidden:
    """The widths of the Linear layers, and what stands behind each but the last."""
    linear: list[dict[str, int]] = []
    behind: list[str] = []
    for layer in layers:
        where, arguments = f"Line {layer.line}, {layer.kind}", dict(layer.arguments)
        if layer.kind == "Linear":
            if arguments.get("bias") is False:
                raise ValueError(f"{where}: the picture draws a bias everywhere; leave bias=False out.")
            linear.append(cast("dict[str, int]", arguments))
            behind.append("Identity")
        elif layer.kind not in ACTIVATIONS and layer.kind not in IGNORED:
            known = ", ".join(ACTIVATIONS)
            raise ValueError(f"{where}: there is room for Linear, {known}; the inputs are features, and no pictures.")
        elif not linear or behind[-1] != "Identity":
            raise ValueError(f"{where}: one activation stands behind each Linear, and none before the first.")
        elif arguments and layer.kind in ACTIVATIONS:
            raise ValueError(f"{where}: it has torch's own arguments here; leave them out.")
        else:
            behind[-1] = layer.kind
    return _fitting(linear, behind)


def _fitting(linear: Sequence[Mapping[str, int]], behind: Sequence[str]) -> Hidden:
    if not linear:
        raise ValueError("The code has no nn.Linear.")
    for before, after in pairwise(linear):
        if before["out_features"] != after["in_features"]:
            gives, takes = before["out_features"], after["in_features"]
            raise ValueError(f"One Linear gives {gives} numbers and the next takes {takes}: write the same.")
    *between, last = behind
    odd = [kind for kind in between if kind not in ACTIVATIONS] + [last] * (last not in IGNORED)
    if odd:
        raise ValueError(f"{odd[0]} has no place there: activations stand between Linear layers, softmax behind them.")
    widths = tuple(each["out_features"] for each in linear)
    return Hidden(widths[:-1], tuple(between), linear[0]["in_features"], widths[-1])


def code_of(net: nn.Sequential) -> str:
    """The network as PyTorch code."""
    lines = [f"    nn.{layer!r},".replace(", bias=True", "") for layer in net]
    return "\n".join(["from torch import nn", "", "net = nn.Sequential(", *lines, ")"])


def dumped(net: nn.Sequential, weights: Weights) -> str:
    """The weights as JSON, by the names of torch's state dict, with as many digits as single precision needs."""
    named = zip(net.state_dict(), weights, strict=True)
    return json.dumps({name: _digits(each.tolist()) for name, each in named})


def _digits(numbers: Any) -> Any:  # noqa: ANN401 - nested lists of numbers
    return [_digits(each) for each in numbers] if isinstance(numbers, list) else float(str(np.float32(numbers)))


def loaded(text: str, net: nn.Sequential) -> Weights:
    """The weights that a JSON text holds for this network.

    Raises:
        ValueError: it is no such JSON, or its shapes are others; the message names the first.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"The text has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read.")
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("This is no JSON: paste what the tab Take it along shows.") from None
    wanted = {name: tuple(each.shape) for name, each in net.state_dict().items()}
    if not isinstance(read, dict) or set(read) != set(wanted):
        raise ValueError(f"The JSON needs the names {', '.join(wanted)}, as the state dict of this network has.")
    weights = []
    for name, shape in wanted.items():
        try:
            with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
                array = np.array(read[name], dtype=np.float32)
        except (ValueError, TypeError, OverflowError):
            raise ValueError(f"{name} is no table of numbers.") from None
        if array.shape != shape:
            raise ValueError(f"{name} has the shape {array.shape}; this network needs {shape}.")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds what is no number.")
        weights.append(array)
    return weights
