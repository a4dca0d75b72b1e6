"""The tabs of the optimizers page: derivatives, basins, learning rates and the fair race. Each computes when open."""

from functools import partial
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from demos.optimization.comparisons import DIVERGED, ELSEWHERE, Result, basins, race
from demos.optimization.minima import lattice
from demos.optimization.optimizers import ENTRANTS, Floats, Hyperparameter, Optimizer
from demos.optimization.surfaces import Surface, critical_point
from pages.optimization.optimizers import charts
from pages.optimization.optimizers.compute import Run, Scenery, sweep
from pages.optimization.optimizers.controls import RATES, Controls
from pages.optimization.optimizers.sentences import at, gap
from ui import kit
from ui.kit import raster

RESOLUTION: Final = 64
MAPS: Final = 4  # in a row
NAMED: Final = 7  # minima with a colour of their own
SWEEP: Final = np.array(RATES[1::2])
RACE_RATES: Final = np.array(RATES[1::8])
RACE_STARTS: Final = 10  # a side
LEAST_STARTS: Final = 10  # where f is defined
LONG_LATEX: Final = 1500  # characters: beyond it a formula cannot be read any more

Given = tuple[tuple[str, Hyperparameter], ...]


def derivatives(view: Controls, scene: Scenery) -> None:
    """The formula with its gradient and Hessian, and the critical point at each minimum."""
    surface = view.f
    formulas = {"f(x, y)": surface.latex, r"\nabla f": surface.gradient_latex, "H": surface.hessian_latex}
    st.markdown(
        "\n\n".join(
            f"${symbol}$ is too long to print." if len(formula) > LONG_LATEX else f"$$\n{symbol} = {formula}\n$$"
            for symbol, formula in formulas.items()
        )
    )
    if len(scene.minima):
        points = [critical_point(surface, minimum) for minimum in scene.minima]
        st.dataframe(
            pd.DataFrame(
                {
                    "x": scene.minima[:, 0].round(6),
                    "y": scene.minima[:, 1].round(6),
                    "f": surface.value(scene.minima).round(12),
                    "λ min": [point.eigenvalues[0] for point in points],
                    "λ max": [point.eigenvalues[1] for point in points],
                    "2/λmax": [2 / steepest if steepest > 0 else np.nan for _, (_, steepest), _ in points],
                }
            ),
            hide_index=True,
            column_config={"f": st.column_config.NumberColumn(format="%.6g")},
            height=min(35 * (len(points) + 1) + 3, 250),
        )
        st.caption("The local minima in the frame, with the eigenvalues of the Hessian and the stability limit there.")
    else:
        st.caption("No isolated minimum was found in the frame.")


def basin_maps(view: Controls, scene: Scenery, result: Run) -> None:
    """Where every start ends, a map for each entrant, and the shares."""
    if not view.optimizers:
        st.caption("Nobody has walked yet.")
        return
    colors = kit.palette()
    named = [f"minimum {at(*minimum)}" for minimum in scene.minima[:NAMED]]
    outcomes = [*named, "another minimum", "elsewhere", "diverged or undefined"]
    palette = [*colors[1 : len(named) + 1], "#a0a0a0", "#d0d0d0", colors[0]]
    shares = []
    progress = st.progress(0.0, "Walking from every start")
    columns = list(st.columns(min(MAPS, len(view.optimizers))))
    for number, name in enumerate(view.optimizers):
        progress.progress(number / len(view.optimizers), f"Walking from every start: {name}")
        given = tuple(view.entrants[name].items())
        minimum = _basins(view.f, scene.minima, name, given, lr=result.lr[name], steps=view.steps)
        another, elsewhere, diverged = range(len(named), len(outcomes))
        index = np.select(
            [minimum == ELSEWHERE, minimum == DIVERGED], [elsewhere, diverged], np.minimum(minimum, another)
        )
        share = np.bincount(index.ravel(), minlength=len(palette)) / index.size
        shares += [(name, outcome, part) for outcome, part in zip(outcomes, share, strict=True) if part]
        if number and number % MAPS == 0:
            columns = list(st.columns(MAPS))
        with columns[number % MAPS]:
            st.markdown(f"**{name}**, lr = {result.lr[name]:.3g}")
            kit.show(
                charts.basin_map(view.f.domain),
                {
                    "field": raster.row(raster.data_url(index, palette, scale=4), view.f.domain),
                    "start": {"x": view.start[:1], "y": view.start[1:]},
                },
                key=f"basins of {name}",
                alt_text=f"Map of the starts from which {name} reaches each minimum.",
            )
    progress.empty()
    table = pd.DataFrame(shares, columns=["optimizer", "outcome", "share"])
    used = tuple(outcome for outcome in outcomes if outcome in set(table["outcome"]))
    kit.show(
        charts.shares(view.optimizers, used, tuple(palette[outcomes.index(outcome)] for outcome in used)),
        {"shares": table},
        key="shares",
        alt_text="Share of the starts that end in each minimum, elsewhere, or diverge, for each optimizer.",
    )
    reached = table[~table["outcome"].isin(outcomes[-2:])].groupby("optimizer")["share"].sum()
    sentences = [
        f"- **{name}** reaches a minimum from {reached.get(name, 0.0):.0%} of {RESOLUTION**2:,} starts."
        for name in view.optimizers
    ]
    st.markdown("\n".join(sentences))
    _without_noise(view)


def _without_noise(view: Controls) -> None:
    if view.noise:
        st.caption("Computed without the gradient noise.")


@st.cache_data(max_entries=128, show_spinner=False, hash_funcs={Surface: hash})
def _basins(surface: Surface, minima: Floats, name: str, given: Given, *, lr: float, steps: int) -> NDArray[np.int64]:
    return basins(_rule(name, given), surface, minima, lr=lr, steps=steps, resolution=RESOLUTION).minimum


def _rule(name: str, given: Given) -> Optimizer:
    return partial(ENTRANTS[name].optimizer, **dict(given))


def learning_rates(view: Controls, scene: Scenery) -> None:
    """The final loss against the learning rate, with the stability limit of plain gradient descent."""
    if not view.optimizers:
        st.caption("Nobody has walked yet.")
        return
    surface = view.f
    losses = sweep(view, SWEEP)
    top = scene.loss_range[1]
    table = pd.concat(
        [pd.DataFrame({"optimizer": name, "lr": SWEEP, "loss": loss - scene.lowest}) for name, loss in losses.items()]
    )
    places = [("the start", np.array(view.start))]
    if len(scene.minima):
        nearest = scene.minima[np.argmin(np.linalg.norm(scene.minima - view.start, axis=1))]
        places.append((at(*nearest), nearest))
    points = {where: critical_point(surface, place).eigenvalues for where, place in places}
    limits = [(2 / high, f"2/λmax at {where}") for where, (low, high) in points.items() if low > 0]
    rules = pd.DataFrame(limits, columns=["lr", "label"]).drop_duplicates("lr", keep="last").sort_values("lr")
    rules["side"] = ["right", "left"][: len(rules)]  # so that two labels grow away from each other
    drawn = table["loss"] <= top
    tables = {"losses": table[drawn], "gone": table[~drawn], "rules": rules}
    kit.show(
        charts.sweep(tuple(ENTRANTS), view.optimizers, scene.loss_range, ink=kit.ink()),
        tables,
        key="sweep",
        alt_text="Final loss of each optimizer against the learning rate; crosses at the top mark runs that diverged.",
    )
    st.caption(
        "Crosses at the top: the run ended above everything in the frame, or overflowed. Dashed, where the surface "
        "curves upward in all directions: 2/λmax at the start and at the minimum nearest to it, the largest stable "
        "rate of plain gradient descent there."
    )
    st.markdown("\n".join(f"- **{name}** {_best_rate(loss, scene)}" for name, loss in losses.items()))
    _without_noise(view)


def _best_rate(loss: Floats, scene: Scenery) -> str:
    best = int(np.argmin(loss))
    overflow = SWEEP[~np.isfinite(loss)]
    ending = f"; it first overflows at lr = {overflow[0]:.3g}" if len(overflow) else ""
    return f"ends lowest at lr = {SWEEP[best]:.3g}, with f − f* = {gap(loss[best] - scene.lowest)}{ending}."


def fair_race(view: Controls, scene: Scenery) -> None:
    """Each entrant at its own best learning rate, over many starts."""
    if not view.optimizers:
        st.caption("Nobody has walked yet.")
        return
    starts = _race_starts(view.f)
    if len(scene.minima) == 0 or len(starts) < LEAST_STARTS:
        st.info(
            "f has no isolated minimum in the frame, or too few starts, so a race on it would say nothing.",
            icon=":material/flag:",
        )
        return
    given = tuple((name, tuple(view.entrants[name].items())) for name in view.optimizers)
    results = _race(view.f, given, view.steps)
    rows = [
        (name, entry.lr, *np.clip(entry.loss - scene.lowest, None, scene.loss_range[1]))
        for name, entry in results.items()
    ]
    table = pd.DataFrame(rows, columns=["optimizer", "lr", "lower", "median", "upper"])
    edges = {RACE_RATES[0]: ", the smallest tried", RACE_RATES[-1]: ", the largest tried"}
    table["label"] = [f"lr = {lr:.3g}{edges.get(lr, '')}" for lr in table["lr"]]
    kit.show(
        charts.race(tuple(ENTRANTS), view.optimizers, scene.loss_range, ink=kit.ink()),
        {"results": table},
        key="race",
        alt_text="Median and quartiles of the final loss of each optimizer at its own best learning rate.",
    )
    half = len(starts) // 2
    st.caption(
        f"Every optimizer takes {view.steps} gradients from each start. Its learning rate is the best of "
        f"{len(RACE_RATES)} on {half} starts; point and line are the median and the quartiles over {half} other starts."
    )
    st.markdown(_verdict(table.sort_values("median")))
    _without_noise(view)


def _verdict(order: pd.DataFrame) -> str:
    first, last = order.iloc[0], order.iloc[-1]
    if len(order) > 1 and last["median"] < charts.TINY:
        return "A tie: from half of the starts or more, all of them get to the minimum up to rounding."
    best = f"**{first['optimizer']}** at lr = {first['lr']:.3g} ends"
    if len(order) == 1:
        return f"{best} at a median f − f* of {gap(first['median'])}."
    return (
        f"{best} lowest, at a median f − f* of {gap(first['median'])}; **{last['optimizer']}** ends highest, at "
        f"{gap(last['median'])}. On another surface, or with another number of steps, another one may win."
    )


@st.cache_data(max_entries=64, show_spinner="Tuning every optimizer on half of the starts", hash_funcs={Surface: hash})
def _race(surface: Surface, given: tuple[tuple[str, Given], ...], steps: int) -> dict[str, Result]:
    rules = {name: _rule(name, hyperparameters) for name, hyperparameters in given}
    return race(rules, surface, _race_starts(surface), lrs=RACE_RATES, steps=steps)


def _race_starts(surface: Surface) -> Floats:
    starts = lattice(surface.domain, resolution=RACE_STARTS).reshape(-1, 2)
    return starts[np.isfinite(surface.value(starts))]
