"""The controls of the optimizers page: what they are called, where they start and what they choose."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import numpy as np
import streamlit as st

from demos.optimization.formula import FUNCTIONS
from demos.optimization.minima import lattice
from demos.optimization.optimizers import OPTIMIZERS, Hyperparameter, Optimizer
from demos.optimization.surfaces import FAMILIES, SURFACES, Surface, parse
from ui.plain import literal
from ui.scenarios import reset_button

OWN: Final = "Your own formula"
RATES: Final = (0.0, *(float(f"{10 ** (k / 40):.3g}") for k in range(-160, 41)))  # 40 a decade from 1e-4 to 10
MULTIPLES: Final = tuple(float(f"{10 ** (k / 4):.2g}") for k in range(-8, 9))
SAME, MULTIPLE, BEST = "Same for all", "A multiple each", "Each at its best"


class Entrant(NamedTuple):
    """One line to choose: an optimizer, the hyperparameters it takes from the controls, and those that are fixed."""

    optimizer: str
    takes: tuple[str, ...] = ()
    fixed: Mapping[str, Hyperparameter] = MappingProxyType({})


ENTRANTS: Final[Mapping[str, Entrant]] = {
    "SGD": Entrant("SGD"),
    "Momentum": Entrant("Momentum", ("momentum",)),
    "Nesterov": Entrant("Nesterov", ("momentum",)),
    "Adagrad": Entrant("Adagrad"),
    "Adadelta": Entrant("Adadelta"),
    "RMSprop": Entrant("RMSprop"),
    "Adam": Entrant("Adam", ("betas",)),
    "AdamW": Entrant("AdamW", ("betas",)),
    "NAdam": Entrant("NAdam", ("betas",)),
    "Adam uncorrected": Entrant("Adam", ("betas",), {"bias_correction": False}),
}

DEFAULTS: Final[Mapping[str, Any]] = {
    "surface": "Himmelblau",
    "formula": "x**2 + 3*y**2 + 2*sin(3*x)*cos(2*y)",
    "extent": 3.0,
    "condition": 20.0,
    "optimizers": ["SGD", "Momentum", "RMSprop", "Adam"],
    "lr": 0.0158,
    "x": SURFACES["Himmelblau"].start[0],
    "y": SURFACES["Himmelblau"].start[1],
    "steps": 100,
    "rates": SAME,
    "momentum": 0.9,
    "beta1": 0.9,
    "beta2": 0.999,
    "noise": 0.0,
    "seed": 0,
    **{f"times {name}": 1.0 for name in ENTRANTS},
}


class Controls(NamedTuple):
    """What the reader has set."""

    surface: Surface
    source: str  # Python that makes the surface
    start: tuple[float, float]
    names: tuple[str, ...]  # of ENTRANTS
    lr: float
    rates: str  # SAME, MULTIPLE or BEST
    multiples: Mapping[str, float]  # by name
    momentum: float
    betas: tuple[float, float]
    steps: int
    noise: float
    seed: int

    def hyperparameters(self, name: str) -> dict[str, Hyperparameter]:
        """Those that an entrant runs with."""
        entrant = ENTRANTS[name]
        taken: dict[str, Hyperparameter] = {key: getattr(self, key) for key in entrant.takes}
        return taken | dict(entrant.fixed)

    def optimizer(self, name: str) -> Optimizer:
        """The update rule of an entrant with its hyperparameters."""
        return optimizer_of(name, self.hyperparameters(name))


def optimizer_of(name: str, hyperparameters: Mapping[str, Hyperparameter]) -> Optimizer:
    """The update rule of an entrant with these hyperparameters."""
    return partial(OPTIMIZERS[ENTRANTS[name].optimizer], **hyperparameters)


def controls() -> Controls:
    """Draw the controls in the sidebar and read them."""
    with st.sidebar:
        surface, source = _surface()
        names = st.pills(
            "Optimizers",
            list(ENTRANTS),
            selection_mode="multi",
            default=DEFAULTS["optimizers"],
            key="optimizers",
            bind="query-params",
            help="The update rules of torch.optim. *Adam uncorrected* leaves its bias correction out.",
        )
        lr = st.select_slider(
            "Learning rate",
            RATES,
            value=DEFAULTS["lr"],
            format_func=_number,
            key="lr",
            bind="query-params",
            help="What the gradient is multiplied by, before each rule's own scaling.",
        )
        start = _start(surface)
        with st.expander("More", icon=":material/tune:"):
            more = _more(names)
        reset_button(DEFAULTS)
    return Controls(surface, source, start, tuple(names), lr, **more)


def _surface() -> tuple[Surface, str]:
    name = st.selectbox(
        "Surface",
        [*SURFACES, OWN],
        index=list(SURFACES).index(DEFAULTS["surface"]),
        key="surface",
        bind="query-params",
        on_change=_to_start_of_surface,
        help="The function to minimize.",
    )
    if name == OWN:
        return _own_surface()
    if name in FAMILIES:
        condition = st.slider(
            "Condition number",
            1.0,
            200.0,
            DEFAULTS["condition"],
            1.0,
            key="condition",
            bind="query-params",
            help="The ratio of the largest to the smallest eigenvalue of the Hessian.",
        )
        return _member(name, condition), f'FAMILIES["{name}"]({condition!r})'
    return SURFACES[name], f'SURFACES["{name}"]'


def _own_surface() -> tuple[Surface, str]:
    text = st.text_input(
        "f(x, y) =",
        DEFAULTS["formula"],
        key="formula",
        bind="query-params",
        help=f"Numbers, x, y, pi, e, + - * / **, parentheses, and {', '.join(FUNCTIONS)}.",
    )
    extent = st.slider(
        "Frame from −a to a",
        1.0,
        10.0,
        DEFAULTS["extent"],
        0.5,
        key="extent",
        bind="query-params",
        help="How far the picture reaches from the origin.",
    )
    try:
        surface = own_surface(text, extent)
    except ValueError as refusal:
        text, extent = st.session_state.get("good surface", (DEFAULTS["formula"], DEFAULTS["extent"]))
        st.error(literal(str(refusal)), icon=":material/edit:")
        st.caption(f"Still shown: {literal(text)}")
        surface = own_surface(text, extent)
    st.session_state["good surface"] = text, extent
    return surface, f"parse({text!r}, domain=(({-extent}, {extent}), ({-extent}, {extent})))"


@st.cache_resource(max_entries=64, show_spinner=False)
def own_surface(text: str, extent: float) -> Surface:
    """The surface of a reader's formula, or a ValueError that says what is wrong with it."""
    surface = parse(text, domain=((-extent, extent), (-extent, extent)))
    places = lattice(surface.domain, resolution=20).reshape(-1, 2)
    places = places[np.isfinite(surface.value(places))]
    if not len(places):
        raise ValueError(f"“{text}” is defined on too little of the frame to be shown.")
    x, y = places[np.argmin(np.linalg.norm(places - np.array([-0.6, 0.5]) * extent, axis=1))]
    return replace(surface, start=(float(x), float(y)))


@st.cache_resource(max_entries=64, show_spinner=False)
def _member(family: str, condition: float) -> Surface:
    return FAMILIES[family](condition)


def _start(surface: Surface) -> tuple[float, float]:
    state = st.session_state
    state.update(state.pop("kept start", {}))
    wanted = {}
    coordinates = {}
    for key, (low, high), middle in zip("xy", surface.domain, surface.start, strict=True):
        if key in state:
            wanted[key] = state[key] = min(max(state[key], low), high)  # the frame may have shrunk
        coordinates[key] = st.slider(
            f"Start {key}",
            low,
            high,
            middle,
            (high - low) / 200,
            key=key,
            bind="query-params",
            help="Or click the surface.",
        )
    if wanted and wanted != coordinates:
        # In a new frame a slider is new, and takes the value of the link by which the visitor came.
        state["kept start"] = wanted
        st.rerun()
    x, y = coordinates.values()
    return x, y


def _to_start_of_surface() -> None:
    surface = SURFACES.get(st.session_state["surface"])
    if surface is not None:
        st.session_state["x"], st.session_state["y"] = surface.start


def _more(names: list[str]) -> dict[str, Any]:
    steps = st.slider("Steps", 10, 300, DEFAULTS["steps"], 10, key="steps", bind="query-params", help="Updates.")
    rates = st.segmented_control(
        "Learning rates",
        [SAME, MULTIPLE, BEST],
        default=DEFAULTS["rates"],
        key="rates",
        bind="query-params",
        help="*Each at its best* takes, for each optimizer, the rate that ends lowest from this start.",
    )
    multiples = {
        name: st.select_slider(
            f"Times the learning rate: {name}",
            MULTIPLES,
            value=DEFAULTS[f"times {name}"],
            format_func=_number,
            key=f"times {name}",
            bind="query-params",
            help=f"What {name} multiplies the learning rate by.",
        )
        for name in (names if rates == MULTIPLE else [])
    }
    momentum = st.slider(
        "momentum",
        0.05,
        0.99,
        DEFAULTS["momentum"],
        0.01,
        key="momentum",
        bind="query-params",
        help="Of Momentum and Nesterov.",
    )
    beta1 = st.slider(
        "β₁",
        0.0,
        0.99,
        DEFAULTS["beta1"],
        0.01,
        key="beta1",
        bind="query-params",
        help="How long Adam, AdamW and NAdam average gradients.",
    )
    beta2 = st.select_slider(
        "β₂",
        (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999),
        value=DEFAULTS["beta2"],
        format_func=_number,
        key="beta2",
        bind="query-params",
        help="How long they average squared gradients.",
    )
    noise = st.slider(
        "Gradient noise",
        0.0,
        5.0,
        DEFAULTS["noise"],
        0.01,
        key="noise",
        bind="query-params",
        help="Standard deviation, added to each component.",
    )
    seed = st.slider(
        "Seed of the noise",
        0,
        99,
        DEFAULTS["seed"],
        key="seed",
        bind="query-params",
        help="Another seed, other noise; all optimizers get the same.",
    )
    return {
        "rates": rates or SAME,
        "multiples": multiples,
        "momentum": momentum,
        "betas": (beta1, beta2),
        "steps": steps,
        "noise": noise,
        "seed": seed,
    }


def _number(value: float) -> str:
    return f"{value:g}"
