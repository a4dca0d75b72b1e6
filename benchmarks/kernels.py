"""How fast the demos are, against a budget and against torch.optim. Run it with `python -m benchmarks.kernels`.

Torch is given the same gradient function and takes the same steps, one run at a time, as its interface has it. Where
that would take minutes, it does an even selection of the runs, and the time of all is extrapolated.
"""

import os
import platform
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Final, NamedTuple

import numpy as np
import torch

from demos.optimization.comparisons import basins, learning_rate_sweep, race
from demos.optimization.minima import lattice, local_minima
from demos.optimization.optimizers import OPTIMIZERS, Floats, descend
from demos.optimization.surfaces import SURFACES, parse
from demos.optimization.torch_reference import TORCH_OPTIMIZERS, torch_descend

SURFACE: Final = SURFACES["Himmelblau"]
FORMULA: Final = "(1 - x)**2 + 100*(y - x**2)**2 + exp(-x**2) * sin(3*y)"
LR: Final = 0.01
STEPS: Final = 300
RESOLUTION: Final = 64
RATES: Final = np.geomspace(1e-4, 1.0, 101)
RACE_RATES: Final = RATES[::4]
RACE_RESOLUTION: Final = 10
REPEATS: Final = 7
PEER_REPEATS: Final = 3
SAMPLE: Final = 32  # of the runs that torch is to do


class Kernel(NamedTuple):
    """Something to time."""

    what: str
    run: Callable[[], object]
    budget: float | None = None  # seconds
    peer: Callable[[], object] | None = None
    peer_share: float = 1.0  # of the work that the peer does; its time is divided by this


def torch_runs(name: str, starts: Iterable[Floats], rates: Iterable[float]) -> list[Floats]:
    """One run after the other."""
    return [
        torch_descend(name, SURFACE.gradient, start, lr=lr, steps=STEPS)
        for start, lr in zip(starts, rates, strict=True)
    ]


def nine() -> Kernel:
    """Every optimizer from one start."""
    start = np.array(SURFACE.start)
    return Kernel(
        f"{len(OPTIMIZERS)} optimizers × {STEPS} steps, one start",
        lambda: [descend(rule, SURFACE.gradient, start, lr=LR, steps=STEPS) for rule in OPTIMIZERS.values()],
        budget=0.030,
        peer=lambda: [torch_runs(name, [start], [LR]) for name in TORCH_OPTIMIZERS],
    )


def basin_map(name: str) -> Kernel:
    """Which minimum every start of a lattice reaches."""
    minima = local_minima(SURFACE)
    starts = lattice(SURFACE.domain, resolution=RESOLUTION).reshape(-1, 2)
    sample = selection(starts)
    return Kernel(
        f"basin map of {name}, {RESOLUTION} × {RESOLUTION} starts × {STEPS} steps",
        lambda: basins(OPTIMIZERS[name], SURFACE, minima, lr=LR, steps=STEPS, resolution=RESOLUTION),
        budget=0.25,
        peer=lambda: torch_runs(name, sample, [LR] * SAMPLE),
        peer_share=SAMPLE / len(starts),
    )


def sweep() -> Kernel:
    """Every optimizer at every learning rate."""
    start = np.array(SURFACE.start)
    sample = selection(RATES)
    return Kernel(
        f"learning-rate sweep, {len(OPTIMIZERS)} optimizers × {len(RATES)} rates × {STEPS} steps",
        lambda: learning_rate_sweep(OPTIMIZERS, SURFACE, start, lrs=RATES, steps=STEPS),
        peer=lambda: [torch_runs(name, [start] * SAMPLE, sample) for name in TORCH_OPTIMIZERS],
        peer_share=SAMPLE / len(RATES),
    )


def best_rates() -> Kernel:
    """The race of all optimizers, each at its own best rate."""
    starts = lattice(SURFACE.domain, resolution=RACE_RESOLUTION).reshape(-1, 2)
    return Kernel(
        f"race, {len(OPTIMIZERS)} optimizers × {len(RACE_RATES)} rates × {len(starts)} starts × {STEPS} steps",
        lambda: race(OPTIMIZERS, SURFACE, starts, lrs=RACE_RATES, steps=STEPS),
    )


def selection(values: Floats) -> Floats:
    """`SAMPLE` entries, evenly spread."""
    return np.take(values, np.linspace(0, len(values) - 1, SAMPLE).astype(int), axis=0)


def seconds(function: Callable[[], object], *, repeats: int) -> float:
    """The median time of one call, after one that warms up."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return median(times)


HEADINGS: Final = ("what", "median", "budget", "torch.optim, one by one", "times as fast")


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
    kernels = [
        nine(),
        *(basin_map(name) for name in OPTIMIZERS),
        sweep(),
        best_rates(),
        Kernel("a formula read and differentiated", lambda: parse(FORMULA)),
        Kernel("the local minima of a surface", lambda: local_minima(SURFACE)),
    ]
    for cells in (HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1))):
        print(f"| {' | '.join(cells)} |")
    for kernel in kernels:
        print(f"| {' | '.join(row(kernel))} |", flush=True)
    print(
        f"\nMedian of {REPEATS} calls (torch: {PEER_REPEATS}); on {SAMPLE} runs where extrapolated; torch "
        f"{torch.__version__} on one thread, Python {platform.python_version()}, {os.cpu_count()} cores."
    )


if __name__ == "__main__":
    main()
