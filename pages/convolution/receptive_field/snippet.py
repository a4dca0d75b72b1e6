"""The view of the receptive-field page as Python that a reader can run, what it prints, and a check by autograd."""

from typing import Final

from demos.convolution.receptive_field import support
from pages.convolution.network_choice import OWN
from pages.convolution.receptive_field.compute import Run
from pages.convolution.receptive_field.controls import Controls
from ui.kit.plain import literal

TEMPLATE: Final = """\
from demos.convolution.network import NETWORKS, parse
from demos.convolution.receptive_field import placed, support

layers = parse({code}){kept}
input_shape = {shape}
for _, record, _ in placed(layers, input_shape).steps:
    print(record.name, record.receptive_field, record.jump, record.start)
"""
MEASURED: Final = "print(support(layers, input_shape, layer={layer}, unit={unit}).sum())\n"


def snippet(view: Controls, result: Run) -> str:
    """The fields of all layers, and the cells that reach the chosen unit."""
    code = repr(view.text) if view.network == OWN else f'NETWORKS["{view.network}"].code'
    kept = f"[:{result.network.layers}]" if result.network.refusal else ""
    text = TEMPLATE.format(code=code, kept=kept, shape=view.input_shape)
    seen = result.chosen
    return text + (MEASURED.format(layer=seen.shown.place, unit=seen.unit) if seen else "")


def printed(result: Run) -> str:
    """What the snippet prints, from the numbers on the page; the last was measured by impulses, not by autograd."""
    records = [step.record for step in result.network.part.steps]
    lines = [f"{each.name} {each.receptive_field} {each.jump} {each.start}" for each in records]
    return "\n".join([*lines, *([str(result.chosen.cells)] if result.chosen else [])])


def checked_by_autograd(view: Controls, result: Run) -> str:
    """Whether the gradient of the chosen unit reaches as many cells as the picture shows."""
    seen = result.chosen
    if seen is None:
        return ""
    layers = view.layers[: result.network.layers]
    try:
        reached = support(layers, view.input_shape, layer=seen.shown.place, unit=seen.unit)
    except ValueError as error:
        return literal(f"Not checked by autograd. {error}")
    return (
        f"Checked now by torch's autograd through the layers themselves: the gradient of this unit reaches "
        f"{int(reached.sum()):,} cells. The picture, measured by impulses from every cell, has {seen.cells:,}."
    )
