"""What may be set on the optimizers page, and what follows from it."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, Final

import streamlit as st

from demos.formula import FUNCTIONS
from demos.optimization.optimizers import ENTRANTS, Hyperparameter, Optimizer
from demos.optimization.surfaces import FAMILIES, SURFACES, Surface, framed
from ui import kit

OWN: Final = "Your own formula"
RATES: Final = (0.0, *(float(f"{10 ** (k / 40):.3g}") for k in range(-160, 41)))  # 40 a decade from 1e-4 to 10
MULTIPLES: Final = tuple(float(f"{10 ** (k / 4):.2g}") for k in range(-8, 9))
SHORT_LATEX: Final = 200  # characters that fit under the field
SAME, MULTIPLE, BEST = "Same for all", "A multiple each", "Each at its best"


@st.cache_resource(max_entries=64, show_spinner=False)
def own_surface(text: str, extent: float) -> Surface:
    """The surface of a reader's formula, or a ValueError that says what is wrong with it."""
    return framed(text, extent=extent)


@st.cache_resource(max_entries=64, show_spinner=False)
def _member(family: str, condition: float) -> Surface:
    return FAMILIES[family](condition)


def _understood(surface: Surface) -> str:
    formula = f"$f(x, y) = {surface.latex}$" if len(surface.latex) <= SHORT_LATEX else ""
    return " ".join([formula, *surface.remarks])


def _own(view: "Controls") -> bool:
    return bool(view.surface == OWN)


def _start_of(surface: str) -> kit.Settings:
    return dict(zip("xy", SURFACES[surface].start, strict=True)) if surface in SURFACES else {}


def _in_frame(axis: int) -> Callable[[Any], kit.Settings]:
    def given(view: "Controls") -> kit.Settings:
        low, high = view.f.domain[axis]
        return {"low": low, "high": high, "default": view.f.start[axis], "step": (high - low) / 200}

    return given


class Controls(kit.Controls):
    """What the reader has set."""

    surface = kit.Selectbox("Surface", [*SURFACES, OWN], "Himmelblau", sets=_start_of, help="The function to minimize.")
    condition = kit.Slider(
        "Condition number", 1.0, 200.0, 20.0, 1.0, shown=lambda view: view.surface in FAMILIES,
        help="The ratio of the largest to the smallest eigenvalue of the Hessian.",
    )  # fmt: skip
    extent = kit.Slider("Frame from −a to a", 1.0, 10.0, 3.0, 0.5, shown=_own, help="How far the picture reaches.")
    formula = kit.Own(
        partial(own_surface, extent=3.0),
        kit.TextInput(
            "f(x, y) =", "x**2 + 3*y**2 + 2*sin(3*x)*cos(2*y)",
            help="As you would write it: 2x + y^2, sin x cos y, |x|, max(x, y), np.exp(-x), x if x > 0 else 0, "
            f"or in LaTeX, such as `\\frac{{x}}{{2}}`. The functions are {', '.join(FUNCTIONS)}, where and pow.",
        ),
        shown=_own, said=_understood, given=lambda view: {"reader": partial(own_surface, extent=view.extent)},
    )  # fmt: skip
    optimizers = kit.Pills(
        "Optimizers", ENTRANTS, ["SGD", "Momentum", "RMSprop", "Adam"],
        help="The update rules of torch.optim. *Adam uncorrected* leaves its bias correction out.",
    )  # fmt: skip
    lr = kit.SelectSlider(
        "Learning rate", RATES, 0.0158, help="What the gradient is multiplied by, before each rule's own scaling."
    )
    x = kit.Slider("Start x", -5.0, 5.0, 0.0, 0.05, given=_in_frame(0), help="Or click the surface.")
    y = kit.Slider("Start y", -5.0, 5.0, -1.0, 0.05, given=_in_frame(1), help="Or click the surface.")
    steps = kit.Slider("Steps", 10, 300, 100, 10, more=True, help="Updates.")
    rates = kit.SegmentedControl(
        "Learning rates", [SAME, MULTIPLE, BEST], SAME, more=True,
        help="*Each at its best* takes, for each optimizer, the rate that ends lowest from this start.",
    )  # fmt: skip
    times = kit.Each(
        ENTRANTS,
        kit.SelectSlider("Times the learning rate: {}", MULTIPLES, 1.0, help="What {} multiplies the rate by."),
        chosen=lambda view: view.optimizers if view.rates == MULTIPLE else (), more=True,
    )  # fmt: skip
    momentum = kit.Slider("momentum", 0.05, 0.99, 0.9, 0.01, more=True, help="Of Momentum and Nesterov.")
    beta1 = kit.Slider("β₁", 0.0, 0.99, 0.9, 0.01, more=True, help="How long the Adams average gradients.")
    beta2 = kit.SelectSlider(
        "β₂", (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999), 0.999, more=True, help="How long they average squared gradients."
    )
    noise = kit.Slider(
        "Gradient noise", 0.0, 5.0, 0.0, 0.01, more=True, help="Standard deviation, added to each component."
    )
    seed = kit.Slider("Seed of the noise", 0, 99, 0, 1, more=True, help="All optimizers get the same noise.")

    @cached_property
    def f(self) -> Surface:
        """The surface that is minimized."""
        if self.surface == OWN:
            return self.formula
        return _member(self.surface, self.condition) if self.surface in FAMILIES else SURFACES[self.surface]

    @property
    def source(self) -> str:
        """Python that makes the surface."""
        if self.surface == OWN:
            return f"parse({self.f.formula!r}, domain={self.f.domain})"
        if self.surface in FAMILIES:
            return f'FAMILIES["{self.surface}"]({self.condition!r})'
        return f'SURFACES["{self.surface}"]'

    @property
    def start(self) -> tuple[float, float]:
        """Where all entrants start."""
        return self.x, self.y

    @property
    def entrants(self) -> dict[str, dict[str, Hyperparameter]]:
        """The hyperparameters of all who run, by name."""
        chosen: dict[str, Hyperparameter] = {"momentum": self.momentum, "betas": (self.beta1, self.beta2)}
        return {name: ENTRANTS[name].hyperparameters(chosen) for name in self.optimizers}

    @property
    def rules(self) -> dict[str, Optimizer]:
        """Their update rules, by name."""
        return {name: partial(ENTRANTS[name].optimizer, **given) for name, given in self.entrants.items()}
