"""The view of the cross-correlation page as Python that a reader can run, what it prints, and a check against torch."""

from typing import Final

import numpy as np
import torch
from torch import nn

from pages.convolution.cross_correlation.compute import Run, learned
from pages.convolution.cross_correlation.controls import OWN, Controls, Floats
from pages.convolution.cross_correlation.tabs import tolerated

TEMPLATE: Final = """\
import numpy as np

from demos.convolution.cross_correlation import cross_correlate, drawn_start, learn_kernel, tolerance
from demos.convolution.pictures import PICTURES, all_digits, grey

x = {picture}
kernel = np.array({kernel})
layer = dict(stride={stride}, padding={padding}, dilation={dilation}, padding_mode="{padding_mode}")
output = cross_correlate(x[None], kernel[None, None], groups=1, flip={flip}, **layer).output[0]
for row in output:
    print(*(f"{{value:.4g}}" for value in row + 0.0))
"""
LEARNING: Final = """
layer = dict(stride=1, padding=0, dilation=1, padding_mode="zeros")
target = cross_correlate(x[None], kernel[None, None], groups=1, flip={flip}, **layer).output[0]
start = drawn_start(kernel_size=kernel.shape, bias={bias}, seed={seed})
learned = learn_kernel(
    x, target, kernel_size=kernel.shape, lr={lr}, steps={steps}, bias={bias}, start=start
)
print(f"loss {{learned.loss[-1]:.3g}}, largest learning rate {{learned.largest_lr:.4g}}")
"""
POOLING: Final = """
kept = tolerance(all_digits(), kind="max", kernel_size=2, stride=2, shift={shift})
print(f"2 × 2 maxima that keep their value: {{kept.unchanged:.3%}}")
"""


def snippet(view: Controls) -> str:
    """The sliding, the learning and the pooling of this view."""
    names = ("stride", "padding", "dilation", "padding_mode", "flip", "lr", "steps", "bias", "seed", "shift")
    settings = {name: getattr(view, name) for name in names}
    picture = _array(view.x) if view.picture == OWN else f'grey(PICTURES["{view.picture}"]({view.side}))'
    parts = [TEMPLATE, *[LEARNING] * _fits(view), POOLING]
    return "".join(parts).format(picture=picture, kernel=view.weight.tolist(), **settings)


def printed(view: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    lines = [" ".join(f"{value:.4g}" for value in row + 0.0) for row in result.output]
    if _fits(view):
        _, way = learned(view)
        lines.append(f"loss {way.loss[-1]:.3g}, largest learning rate {way.largest_lr:.4g}")
    kept = tolerated("max 2 × 2", view.shift).unchanged
    return "\n".join([*lines, f"2 × 2 maxima that keep their value: {kept:.3%}"])


def checked_against_torch(view: Controls, result: Run) -> str:
    """How far the output is from that of `torch.nn.Conv2d`, which pads by itself and knows no flip."""
    given = {name: value for name, value in view.sliding.items() if name != "flip"}
    layer = nn.Conv2d(1, 1, view.size, bias=False, dtype=torch.float64, **given)
    layer.weight = nn.Parameter(torch.tensor(view.turned.copy())[None, None])
    with torch.no_grad():
        other = layer(torch.tensor(view.x)[None, None])[0, 0].numpy()
    apart = float(np.abs(other - result.output).max()) / (float(np.abs(other).max()) or 1.0)
    return f"Checked now against `torch.nn.Conv2d` in float64: it differs by at most {apart:.1g} of the largest output."


def _fits(view: Controls) -> bool:
    """Whether the kernel fits into the bare picture, so that it can be learned."""
    return all(taps <= size for taps, size in zip(view.size, view.x.shape, strict=True))


def _array(x: Floats) -> str:
    return f"np.array({x.tolist()})"
