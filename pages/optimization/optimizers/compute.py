"""One view of the optimizers page as numbers: the scenery, the paths, the tables behind the charts."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from demos.optimization.comparisons import arrivals, exits, learning_rate_sweep
from demos.optimization.minima import lattice, local_minima
from demos.optimization.optimizers import Floats, descend
from demos.optimization.surfaces import Surface
from pages.optimization.optimizers.controls import BEST, RATES, Controls
from ui import kit
from ui.kit import raster

LEVEL: Final = 1e-9  # of the steepest slope in the frame: below it there is no direction downhill
PIXELS: Final = 400
HUGE: Final = 1e100  # what overflows is drawn as high as this
FAR: Final = 1e4  # in widths of the domain: beyond it a path is no longer sent to the browser


class Scenery(NamedTuple):
    """What a surface looks like, whatever walks on it."""

    image: str  # data URL
    minima: Floats  # (k, 2), lowest first
    lowest: float  # f at the first of them, 0 where there is none
    unique: bool  # whether there are others and all of them are higher
    loss_range: tuple[float, float]  # of f - lowest over the domain, rounded outward
    steepest: float  # the largest gradient norm on a lattice over the domain
    undefined: float  # share of the domain where f is not defined


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs={Surface: hash})
def scenery(surface: Surface) -> Scenery:
    """The picture of a surface, and its minima."""
    f = np.clip(surface.value(lattice(surface.domain, resolution=PIXELS)), -HUGE, HUGE)
    slopes = np.linalg.norm(np.clip(surface.gradient(lattice(surface.domain, resolution=32)), -HUGE, HUGE), axis=-1)
    low, high = float(np.nanmin(f)), float(np.nanmax(f))
    minima = local_minima(surface)
    values = surface.value(minima)
    lowest = float(values[0]) if len(minima) else 0.0
    return Scenery(
        image=raster.contours(f),
        minima=minima,
        lowest=lowest,
        unique=len(minima) > 1 and float(values[1]) - lowest > 1e-9 * (high - low),
        loss_range=(_outward(min(low - lowest, 0.0)), _outward(high - lowest)),
        steepest=float(np.nanmax(slopes)),
        undefined=float(np.isnan(f).mean()),
    )


def _outward(value: float) -> float:
    """`value` rounded away from zero to a power of ten, so that an axis ends at a tick."""
    return float(np.sign(value) * 10 ** np.ceil(np.log10(abs(value)))) if value else 0.0


class Run(NamedTuple):
    """The paths of all entrants, and where they ended."""

    lr: dict[str, float]  # by name
    paths: Floats  # (k, steps + 1, 2)
    loss: Floats  # (k, steps + 1), f
    gradient: Floats  # (k, steps + 1, 2)
    updates: Floats  # (k, steps + 1, 2), what follows; the last has none
    minimum: NDArray[np.int64]  # (k,), the minimum reached, ELSEWHERE or DIVERGED
    arrival: NDArray[np.int64]  # (k,), the step of the arrival, -1 without one
    exit: NDArray[np.int64]  # (k,), the step at which the path leaves the frame for good, -1 if it does not
    door: Floats  # (k, 2), where it does so


def run(view: Controls, minima: Floats) -> Run:
    """Walk every entrant from the same start."""
    lr = learning_rates(view)
    paths = np.empty((len(lr), view.steps + 1, 2))
    for path, (name, rule) in zip(paths, view.rules.items(), strict=True):
        path[:] = descend(
            rule, view.f.gradient, view.start, lr=lr[name], steps=view.steps, noise=view.noise, seed=view.seed
        )
    updates = np.full_like(paths, np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        updates[:, :-1] = np.diff(paths, axis=1)
    ends = arrivals(paths.swapaxes(0, 1), minima, domain=view.f.domain)
    steps, doors = exits(paths, domain=view.f.domain)
    return Run(lr, paths, view.f.value(paths), view.f.gradient(paths), updates, ends.minimum, ends.steps, steps, doors)


def sweep(view: Controls, lrs: Floats) -> dict[str, Floats]:
    """The final loss of every entrant at each of some learning rates."""
    return learning_rate_sweep(view.rules, view.f, view.start, lrs=lrs, steps=view.steps)


def learning_rates(view: Controls) -> dict[str, float]:
    """The learning rate of every entrant."""
    if view.rates == BEST:
        positive = np.array(RATES[1:])
        return {name: float(positive[np.argmin(loss)]) for name, loss in sweep(view, positive).items()}
    return {name: view.lr * view.times[name] for name in view.entrants}


def table(view: Controls, result: Run) -> pd.DataFrame:
    """Every step of every path: optimizer, step, x, y, f, gradient, and the update that follows (the last has none)."""
    count, rows = result.paths.shape[:2]
    columns = np.concatenate([result.paths, result.loss[..., None], result.gradient, result.updates], axis=-1)
    frame = pd.DataFrame(columns.reshape(count * rows, 7), columns=["x", "y", "f", "df_dx", "df_dy", "dx", "dy"])
    frame.insert(0, "optimizer", np.repeat(list(view.entrants), rows))
    frame.insert(1, "step", np.tile(np.arange(rows), count))
    return frame


def drawn(view: Controls, scene: Scenery, result: Run) -> tuple[kit.Columns, kit.Columns]:
    """The rows of the two charts, in single precision: on the surface and over the steps.

    A path is drawn up to where it is undefined or beyond all bounds, and on the surface until it leaves the frame for
    good.
    """
    (x, y), (dx, dy) = np.moveaxis(result.paths, -1, 0), np.moveaxis(result.updates, -1, 0)
    step = np.broadcast_to(np.arange(view.steps + 1, dtype=np.int16), x.shape)
    far = FAR * np.ptp(np.array(view.f.domain))
    with np.errstate(over="ignore", invalid="ignore"):
        slope = np.linalg.norm(result.gradient, axis=-1)
        slope[slope <= LEVEL * scene.steepest] = np.nan  # a vanishing gradient points nowhere
        gx, gy = np.moveaxis(-result.gradient / slope[..., None], -1, 0)
        length = np.hypot(dx, dy)
        near = (np.abs(x) < far) & (np.abs(y) < far) & ~np.isnan(result.loss)
    kept = np.logical_and.accumulate(near, axis=1)
    left = np.where(result.exit >= 0, result.exit, view.steps)

    def rows(mask: NDArray[np.bool_], **columns: Floats) -> kit.Columns:
        names = np.repeat(np.array(list(view.entrants), dtype=object), mask.sum(axis=1))
        single = {name: np.clip(column[mask], -1e30, 1e30).astype(np.float32) for name, column in columns.items()}
        return {"optimizer": names, "step": step[mask], **single}

    loss = result.loss - scene.lowest
    return (
        rows(kept & (step <= left[:, None]), x=x, y=y, loss=loss, dx=dx, dy=dy, gx=gx, gy=gy),
        rows(kept, loss=loss, length=length),
    )


def doors(view: Controls, result: Run) -> kit.Columns:
    """Where paths leave the frame for good: optimizer, x and y on the border, and the step as a label."""
    left = result.exit >= 0
    x, y = result.door[left].T
    names = np.array(list(view.entrants), dtype=object)[left]
    return {"optimizer": names, "x": x, "y": y, "label": result.exit[left].astype(str)}
