"""The optimizers' demos, against `torch.optim`.

Torch is given the same gradient function and takes the same steps, one run at a time, as its interface has it. Where
that would take minutes, it does an even selection of the runs, and the time of all is extrapolated.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from benchmarks.timing import Kernel
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
SAMPLE: Final = 32  # of the runs that torch is to do


def kernels() -> list[Kernel]:
    """All of them."""
    return [
        nine(),
        *(basin_map(name) for name in OPTIMIZERS),
        sweep(),
        best_rates(),
        Kernel("a formula read and differentiated", lambda: parse(FORMULA)),
        Kernel("the local minima of a surface", lambda: local_minima(SURFACE)),
    ]


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
