"""The conclusions of the cross-correlation page: sentences made from the numbers, so that they cannot go stale."""

from typing import Final

import numpy as np

from demos.convolution.cross_correlation import Learned
from pages.convolution.cross_correlation.compute import Run, inner
from pages.convolution.cross_correlation.controls import Controls

GROWN: Final = 1e6  # times the first loss: the run diverges
FOUND: Final = 1e-9  # of the largest weight: the kernel is found


def conclusions(view: Controls, result: Run) -> list[str]:
    """How large the output is, who is read how often, and what a turned kernel would change."""
    return [_size(view, result), _reads(view, result), _turned(view), _same(view)]


def code(view: Controls) -> str:
    """The layer as PyTorch writes it."""
    given = {"stride": view.stride, "padding": view.padding, "dilation": view.dilation}
    written = [f"{name}={value}" for name, value in given.items() if value != (0 if name == "padding" else 1)]
    if view.padding and view.padding_mode != "zeros":
        written.append(f'padding_mode="{view.padding_mode}"')
    return f"nn.Conv2d({', '.join(['1', '1', str(view.size), *written, 'bias=False'])})"


def _size(view: Controls, result: Run) -> str:
    along, remainders = [], []
    for size, taps, count in zip(view.x.shape, view.size, result.output.shape, strict=True):
        span = view.dilation * (taps - 1) + 1
        along.append(f"⌊({size} + 2 · {view.padding} − {span}) / {view.stride}⌋ + 1 = **{count}**")
        remainders.append((size + 2 * view.padding - span) % view.stride)
    share = result.output.size / view.x.size
    kept = (
        "as many cells as the picture"
        if result.output.size == view.x.size
        else f"{share:.0%} of the picture's {view.x.size} cells"
    )
    said = f"`{code(view)}`: {along[0]} rows and {along[1]} columns of windows, {kept}."
    if any(remainders):
        said += f" The remainders, {remainders[0]} rows and {remainders[1]} columns, are dropped: that is no error."
    return said


def _reads(view: Controls, result: Run) -> str:
    counts = inner(view, result)
    lost = int((counts == 0).sum())
    if counts.min() == counts.max():
        return f"Every cell of the picture is read equally often: by **{_windows(int(counts.max()))}**."
    told = (
        f"The upper left corner is read by {_windows(int(counts[0, 0]))}, the busiest cell by "
        f"**{_windows(int(counts.max()))}**"
    )
    if lost:
        unread = f"{lost} of {counts.size} cells ({lost / counts.size:.0%}) are read by no window"
        return f"**{unread}**: they are hatched. {told}."
    return f"{told}, and every cell by one at least."


def _turned(view: Controls) -> str:
    turned = view.weight[::-1, ::-1]
    done, other = ("convolution", "cross-correlation") if view.flip else ("cross-correlation", "true convolution")
    if np.allclose(turned, view.weight):
        return f"This kernel looks the same turned by 180°: {done} and {other} agree."
    if np.allclose(turned, -view.weight):
        return f"Turned by 180° this kernel is its own negative: {other} gives the same numbers with the other sign."
    return f"This is {done}; {other} turns the kernel by 180° and makes another output: move the switch."


def _same(view: Controls) -> str:
    spans = [view.dilation * (taps - 1) for taps in view.size]
    if view.stride > 1:
        return "`padding='same'` is refused by torch with a stride above 1; other libraries then mean ⌈size / stride⌉."
    sides = [f"{span // 2} and {span - span // 2}" for span in spans]
    return f"`padding='same'` would put {sides[0]} rows above and below, {sides[1]} columns left and right" + (
        "; an odd one goes to the right and below." if any(span % 2 for span in spans) else "."
    )


def learning(view: Controls, way: Learned) -> list[str]:
    """Whether gradient descent converges, and to what."""
    if not np.isfinite(way.largest_lr):
        return ["Nothing can be learned from a picture that is 0 everywhere."]
    first, last = float(way.loss[0]), float(way.loss[-1])
    limit = f"the largest stable learning rate is **{way.largest_lr:.4g}**, 2 / λmax of the sum of squared errors"
    if not np.isfinite(last) or last > GROWN * max(first, 1):
        said = f"**The loss grows beyond all bounds**: from {first:.4g} to {last:.3g} in {view.steps} steps; {limit}."
    else:
        moves = "falls" if last < first else "grows"
        said = f"The loss {moves} from {first:.4g} to **{last:.3g}** in {view.steps} steps with {view.lr:g}; {limit}."
    apart = float(np.abs(way.weight[-1] - view.turned).max())
    if not np.isfinite(apart):
        return [said]
    if apart <= FOUND * float(np.abs(view.weight).max(initial=0)):
        return [said, "The kernel is found exactly, up to rounding."]
    told = f"The weights found are at most **{apart:.3g}** from those that made the target"
    if last < 1e-12 * max(first, 1):
        told += ", though the loss is 0: this picture's patches do not vary enough to tell kernels apart"
    return [said, f"{told}."]


def _windows(count: int) -> str:
    return f"{count} window{'' if count == 1 else 's'}"
