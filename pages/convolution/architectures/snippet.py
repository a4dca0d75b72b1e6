"""The view of the architectures page as Python that a reader can run, what it prints, and a check against torch."""

from collections.abc import Sequence
from typing import Any, Final

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from demos.convolution.architectures import totals
from demos.convolution.layers import Layer
from demos.convolution.modules import built
from demos.convolution.network import NETWORKS, flat, resolved
from pages.convolution.architectures.compute import BATCH, Run, key_of
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.units import shape

IMPORTS: Final = """\
from demos.convolution.architectures import {names}
{modules}from demos.convolution.network import {more}
"""
TEMPLATE: Final = """
layers = {layers}
{adapted}found = attempt(layers, {input_shape})
for layer, record, _ in found.known:
    if record.parameters:
        print(record.name, record.output_shape, record.parameters, record.macs)
print(totals(found.known))
print(found.error or "It fits.")
"""
KEPT: Final = """
kept = kept_bytes(resolved(layers, found.known), {input_shape}, batch={batch})
print(f"Training keeps {{sum(kept) // {batch}:,}} bytes for one image.")
"""


def snippet(view: Controls, result: Run) -> str:
    """The network, with every argument written out."""
    key = key_of(view)
    known = view.network in NETWORKS
    adaptation = f"layers = adapted(layers, {key.written}, width={key.width!r})\n"
    written = IMPORTS.format(
        names="attempt, totals" if key.written is None else "adapted, attempt, totals",
        more=", ".join([*["NETWORKS"] * known, "parse", *["resolved"] * (result.error is None)]),
        modules="" if result.error else "from demos.convolution.modules import kept_bytes\n",
    ) + TEMPLATE.format(
        layers=f"parse(NETWORKS[{view.network!r}].code)" if known else f"parse({_literal(key.code)})",
        adapted="" if key.written is None else adaptation,
        input_shape=view.input_shape,
    )
    return written if result.error else written + KEPT.format(input_shape=view.input_shape, batch=BATCH)


def _literal(code: str) -> str:
    """Any text as Python, a string for each of its lines."""
    lines = code.splitlines(keepends=True)
    return "\n    " + "\n    ".join(map(repr, lines)) + "\n" if len(lines) > 1 else repr(code)


def printed(result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    records = [step.record for step in result.known if step.record.parameters]
    lines = [f"{each.name} {each.output_shape} {each.parameters} {each.macs}" for each in records]
    kept = [] if result.error else [f"Training keeps {sum(result.kept):,} bytes for one image."]
    return "\n".join([*lines, str(result.totals), str(result.error or "It fits."), *kept])


def checked_against_torch(result: Run) -> str:
    """What torch's own counter of operations says of the same network, on its meta device."""
    layers = result.sound
    if not layers:
        return "No layer could be computed: there is nothing to check."
    known = result.known[: len(flat(layers))]
    whole, last = totals(known), known[-1].record.output_shape
    parameters, operations, output_shape = counted(resolved(layers, known), result.input_shape)
    agrees = (parameters, operations, output_shape) == (whole.parameters, 2 * whole.macs, last)
    part = "" if len(layers) == len(result.layers) else "the part before the error of "
    return (
        f"Checked now against {part}the network as a `torch.nn.Sequential` on the meta device: it has {parameters:,} "
        f"parameters, `torch.utils.flop_counter` counts {operations:,} floating-point operations, two for each "
        f"multiply–accumulate, and the output is {shape(output_shape)}. "
        + ("These are the numbers of this page." if agrees else "**These are not the numbers of this page.**")
    )


def counted(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
    """Parameters, floating-point operations and output shape of a network, as torch counts them."""
    model = built(layers, device="meta").eval()
    with _Counter() as counter, torch.no_grad():
        output = model(torch.empty(1, *input_shape, device="meta"))
    parameters = sum(each.numel() for each in model.parameters())
    return parameters, counter.operations, tuple(output.shape[1:])


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch has no types for it
    """Counts by torch's formulas what this thread computes. torch's own mode would hook the modules of all threads."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.operations = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
        made = func(*args, **(kwargs or {}))
        if func.overloadpacket in flop_registry:
            self.operations += flop_registry[func.overloadpacket](*args, **(kwargs or {}), out_val=made)
        return made
