"""How fast the demos are, against a budget and against a library that does the same, one by one.

Run it with `python -m benchmarks.kernels`.
"""

import os
import platform
from typing import Final

import torch

from benchmarks import (
    capacity_kernels,
    convolution_kernels,
    data_kernels,
    gradients_kernels,
    networks_kernels,
    optimization_kernels,
)
from benchmarks.timing import Kernel, seconds

REPEATS: Final = 7
PEER_REPEATS: Final = 3
HEADINGS: Final = ("what", "median", "budget", "the library, one by one", "times as fast")


def row(kernel: Kernel) -> tuple[str, ...]:
    """The cells of one kernel."""
    taken = seconds(kernel.run, repeats=REPEATS)
    budget = "–" if kernel.budget is None else duration(kernel.budget)
    if kernel.peer is None:
        return kernel.what, duration(taken), budget, "–", "–"
    peer = seconds(kernel.peer, repeats=PEER_REPEATS) / kernel.peer_share
    extrapolated = " (extrapolated)" if kernel.peer_share < 1 else ""
    return (
        kernel.what,
        duration(taken),
        budget,
        duration(peer) + extrapolated,
        f"{peer / taken:,.{0 if peer > 10 * taken else 1}f}",
    )


def duration(value: float) -> str:
    """Seconds, in the unit that reads best."""
    return f"{value:.1f} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)  # as the dashboard does
    for cells in (HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1))):
        print(f"| {' | '.join(cells)} |")
    parts = (
        networks_kernels,
        capacity_kernels,
        optimization_kernels,
        gradients_kernels,
        convolution_kernels,
        data_kernels,
    )
    for part in parts:
        for kernel in part.kernels():
            print(f"| {' | '.join(row(kernel))} |", flush=True)
    print(
        f"\nMedian of {REPEATS} calls (of the library: {PEER_REPEATS}); torch {torch.__version__} on one thread, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores."
    )


if __name__ == "__main__":
    main()
