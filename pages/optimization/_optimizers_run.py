"""One view of the optimizers page as numbers: the scenery, the paths, the tables behind the charts."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from demos.optimization.comparisons import arrivals, learning_rate_sweep
from demos.optimization.minima import lattice, local_minima
from demos.optimization.optimizers import Floats, descend
from demos.optimization.surfaces import Domain, Surface
from pages.optimization._optimizers_controls import BEST, MULTIPLE, RATES, Controls
from ui import raster
from ui.chart import Columns

LEVEL: Final = 1e-9  # of the steepest slope in the frame: below it there is no direction downhill
PIXELS: Final = 400
BANDS: Final = 24
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
def scenery(surface: Surface, colors: tuple[str, ...]) -> Scenery:
    """The picture of a surface in a ramp of colours, and its minima."""
    f = np.clip(surface.value(lattice(surface.domain, resolution=PIXELS)), -HUGE, HUGE)
    slopes = np.linalg.norm(np.clip(surface.gradient(lattice(surface.domain, resolution=32)), -HUGE, HUGE), axis=-1)
    low, high = float(np.nanmin(f)), float(np.nanmax(f))
    minima = local_minima(surface)
    values = surface.value(minima)
    lowest = float(values[0]) if len(minima) else 0.0
    return Scenery(
        image=_contours(f, colors),
        minima=minima,
        lowest=lowest,
        unique=len(minima) > 1 and float(values[1]) - lowest > 1e-9 * (high - low),
        loss_range=(_outward(min(low - lowest, 0.0)), _outward(high - lowest)),
        steepest=float(np.nanmax(slopes)),
        undefined=float(np.isnan(f).mean()),
    )


def _contours(f: Floats, colors: tuple[str, ...]) -> str:
    """A picture of f (rows, columns) in bands with a darker line at every edge; transparent where f is undefined."""
    depth = f - np.nanmin(f)
    height = np.log1p(200 * depth / (np.nanmax(depth) or 1.0)) / np.log1p(200)  # stretches the valleys, where paths are
    undefined = np.isnan(f)
    band = np.clip(np.where(undefined, 0, height) * BANDS, 0, BANDS - 1).astype(int)
    edge = (band != np.roll(band, 1, 0)) | (band != np.roll(band, 1, 1))
    edge[0], edge[:, 0] = False, False
    ramp = raster.blend(colors, BANDS + 4)
    palette = ramp[:BANDS] + ramp[4:]  # an edge has the colour four bands higher
    return raster.data_url(np.where(undefined, len(palette), np.where(edge, band + BANDS, band)), palette)


def _outward(value: float) -> float:
    """`value` rounded away from zero to a power of ten, so that an axis ends at a tick."""
    return float(np.sign(value) * 10 ** np.ceil(np.log10(abs(value)))) if value else 0.0


class Run(NamedTuple):
    """The paths of all entrants, and where they ended."""

    lr: dict[str, float]  # by name
    paths: Floats  # (k, steps + 1, 2)
    loss: Floats  # (k, steps + 1), f
    gradient: Floats  # (k, steps + 1, 2)
    minimum: list[int]  # index of the minimum reached, ELSEWHERE or DIVERGED
    arrival: list[int]  # step of the arrival, -1 without one
    exit: list[int]  # step at which the path leaves the frame for good, -1 where it ends inside or began outside


def run(controls: Controls, minima: Floats) -> Run:
    """Walk every entrant from the same start."""
    surface = controls.surface
    lr = learning_rates(controls)
    paths = np.array(
        [
            descend(
                controls.optimizer(name),
                surface.gradient,
                controls.start,
                lr=lr[name],
                steps=controls.steps,
                noise=controls.noise,
                seed=controls.seed,
            )
            for name in controls.names
        ]
    ).reshape(-1, controls.steps + 1, 2)
    ends = arrivals(paths.swapaxes(0, 1), minima, domain=surface.domain)
    return Run(
        lr,
        paths,
        surface.value(paths),
        surface.gradient(paths),
        ends.minimum.tolist(),
        ends.steps.tolist(),
        [_exit(path, surface.domain) for path in paths],
    )


def _exit(path: Floats, domain: Domain) -> int:
    low, high = np.array(domain).T
    inside = np.all((path >= low) & (path <= high), axis=-1)
    return -1 if inside[-1] or not inside.any() else int(np.flatnonzero(inside)[-1]) + 1


def learning_rates(controls: Controls) -> dict[str, float]:
    """The learning rate of every entrant."""
    if controls.rates == BEST:
        positive = np.array(RATES[1:])
        optimizers = {name: controls.optimizer(name) for name in controls.names}
        losses = learning_rate_sweep(optimizers, controls.surface, controls.start, lrs=positive, steps=controls.steps)
        return {name: float(positive[np.argmin(loss)]) for name, loss in losses.items()}
    times = controls.multiples if controls.rates == MULTIPLE else {}
    return {name: controls.lr * times.get(name, 1.0) for name in controls.names}


def table(controls: Controls, result: Run) -> pd.DataFrame:
    """Every step of every path: optimizer, step, x, y, f, gradient, and the update that follows (the last has none)."""
    count, rows = result.paths.shape[:2]
    columns = np.concatenate([result.paths, result.loss[..., None], result.gradient, _updates(result)], axis=-1)
    frame = pd.DataFrame(columns.reshape(count * rows, 7), columns=["x", "y", "f", "df_dx", "df_dy", "dx", "dy"])
    frame.insert(0, "optimizer", np.repeat(controls.names, rows))
    frame.insert(1, "step", np.tile(np.arange(rows), count))
    return frame


def _updates(result: Run) -> Floats:
    updates = np.full_like(result.paths, np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        updates[:, :-1] = np.diff(result.paths, axis=1)
    return updates


def drawn(controls: Controls, scene: Scenery, result: Run) -> tuple[Columns, Columns]:
    """The rows of the two charts, in single precision: on the surface and over the steps.

    A path is drawn up to where it is undefined or beyond all bounds, and on the surface until it leaves the frame for
    good.
    """
    x, y = np.moveaxis(result.paths, -1, 0)
    dx, dy = np.moveaxis(_updates(result), -1, 0)
    step = np.broadcast_to(np.arange(controls.steps + 1, dtype=np.int16), x.shape)
    far = FAR * np.ptp(np.array(controls.surface.domain))
    with np.errstate(over="ignore", invalid="ignore"):
        slope = np.linalg.norm(result.gradient, axis=-1)
        slope[slope <= LEVEL * scene.steepest] = np.nan  # a vanishing gradient points nowhere
        gx, gy = np.moveaxis(-result.gradient / slope[..., None], -1, 0)
        length = np.hypot(dx, dy)
        near = (np.abs(x) < far) & (np.abs(y) < far) & ~np.isnan(result.loss)
    kept = np.logical_and.accumulate(near, axis=1)
    left = np.array([exit_step if exit_step >= 0 else controls.steps for exit_step in result.exit], dtype=int)

    def rows(mask: NDArray[np.bool_], **columns: Floats) -> Columns:
        names = np.repeat(np.array(controls.names, dtype=object), mask.sum(axis=1))
        single = {name: np.clip(column[mask], -1e30, 1e30).astype(np.float32) for name, column in columns.items()}
        return {"optimizer": names, "step": step[mask], **single}

    return (
        rows(kept & (step <= left[:, None]), x=x, y=y, dx=dx, dy=dy, gx=gx, gy=gy),
        rows(kept, loss=result.loss - scene.lowest, length=length),
    )


def exits(controls: Controls, result: Run) -> Columns:
    """Where paths leave the frame for good: optimizer, x and y on the border, and the step as a label."""
    low, high = np.array(controls.surface.domain).T
    rows = [
        (name, *_border(path[step - 1], path[step], low, high), str(step))
        for name, path, step in zip(controls.names, result.paths, result.exit, strict=True)
        if step >= 0
    ]
    return {column: [row[place] for row in rows] for place, column in enumerate(("optimizer", "x", "y", "label"))}


def _border(inner: Floats, outer: Floats, low: Floats, high: Floats) -> Floats:
    """Where the line from `inner` to `outer` crosses the border of the box; `inner` where `outer` is undefined."""
    with np.errstate(all="ignore"):
        way = np.clip(np.nan_to_num(outer - inner), -1e300, 1e300)
        limits = np.where(way > 0, (high - inner) / way, (low - inner) / way)
    share = min(1.0, float(np.nanmin(np.where(way == 0, np.inf, limits))))
    return np.asarray(np.clip(inner + share * way, low, high))
