r"""Nine first-order optimizers as their update rules, and the paths they take over a surface.

Every optimizer is a generator of one shape: given the start $x_0$, the gradient as a function and the learning rate of
each step, it yields $x_1, x_2, \ldots$ What it remembers between steps are its local variables. All rules act on each
coordinate alone, so one run takes an array of any number of starts (or of learning rates) at once.

The insight: plain gradient descent is limited by the steepest direction, $\eta < 2/\lambda_{\max}$, and pays in the
flattest; momentum averages over time and adaptive rates rescale each axis, and both can be seen in the path.

The rules are those of `torch.optim` in PyTorch 2.13, with its hyperparameter names and defaults; what is not listed
here (`weight_decay` of the others, `amsgrad`, `foreach`, …) has torch's default. The papers stand with each rule.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Gradient = Callable[[Floats], Floats]
Optimizer = Callable[..., Iterator[Floats]]
Hyperparameter = float | bool | tuple[float, float]


def sgd(x: Floats, gradient: Gradient, lr: Iterable[Floats]) -> Iterator[Floats]:
    r"""$x \leftarrow x - \eta g$ (Cauchy 1847; with noisy gradients Robbins and Monro 1951)."""
    for eta in lr:
        x = x - eta * gradient(x)
        yield x


def momentum(x: Floats, gradient: Gradient, lr: Iterable[Floats], *, momentum: float = 0.9) -> Iterator[Floats]:
    r"""$b \leftarrow \mu b + g,\; x \leftarrow x - \eta b$ (Polyak 1964, in torch's form)."""
    _require("momentum", momentum, "at least 0", met=momentum >= 0)
    b = np.zeros_like(x)
    for eta in lr:
        b = momentum * b + gradient(x)
        x = x - eta * b
        yield x


def nesterov(x: Floats, gradient: Gradient, lr: Iterable[Floats], *, momentum: float = 0.9) -> Iterator[Floats]:
    r"""$b \leftarrow \mu b + g,\; x \leftarrow x - \eta (g + \mu b)$ (Nesterov 1983; Sutskever et al. 2013)."""
    _require("momentum", momentum, "above 0", met=momentum > 0)
    b = np.zeros_like(x)
    for eta in lr:
        g = gradient(x)
        b = momentum * b + g
        x = x - eta * (g + momentum * b)
        yield x


def adagrad(
    x: Floats, gradient: Gradient, lr: Iterable[Floats], *, lr_decay: float = 0.0, eps: float = 1e-10
) -> Iterator[Floats]:
    r"""$s \leftarrow s + g^2,\; x \leftarrow x - \eta g / (\sqrt s + \epsilon)$ (Duchi, Hazan and Singer 2011)."""
    _require("lr_decay", lr_decay, "at least 0", met=lr_decay >= 0)
    _require("eps", eps, "at least 0", met=eps >= 0)
    s = np.zeros_like(x)
    for t, eta in enumerate(lr):
        g = gradient(x)
        s = s + g * g
        x = x - eta / (1 + t * lr_decay) * (g / (np.sqrt(s) + eps))
        yield x


def adadelta(
    x: Floats, gradient: Gradient, lr: Iterable[Floats], *, rho: float = 0.9, eps: float = 1e-6
) -> Iterator[Floats]:
    r"""$v \leftarrow \rho v + (1-\rho) g^2,\; \Delta = g \sqrt{u + \epsilon} / \sqrt{v + \epsilon},\;
    u \leftarrow \rho u + (1-\rho) \Delta^2,\; x \leftarrow x - \eta \Delta$ (Zeiler 2012)."""
    _require("rho", rho, "between 0 and 1", met=0 <= rho <= 1)
    _require("eps", eps, "at least 0", met=eps >= 0)
    v = u = np.zeros_like(x)
    for eta in lr:
        g = gradient(x)
        v = rho * v + (1 - rho) * g * g
        delta = np.sqrt(u + eps) / np.sqrt(v + eps) * g
        u = rho * u + (1 - rho) * delta * delta
        x = x - eta * delta
        yield x


def rmsprop(
    x: Floats, gradient: Gradient, lr: Iterable[Floats], *, alpha: float = 0.99, eps: float = 1e-8
) -> Iterator[Floats]:
    r"""$v \leftarrow \alpha v + (1-\alpha) g^2,\; x \leftarrow x - \eta g / (\sqrt v + \epsilon)$ (Hinton 2012)."""
    _require("alpha", alpha, "at least 0 and below 1", met=0 <= alpha < 1)
    _require("eps", eps, "at least 0", met=eps >= 0)
    v = np.zeros_like(x)
    for eta in lr:
        g = gradient(x)
        v = alpha * v + (1 - alpha) * g * g
        x = x - eta * (g / (np.sqrt(v) + eps))
        yield x


def adam(
    x: Floats,
    gradient: Gradient,
    lr: Iterable[Floats],
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    bias_correction: bool = True,
) -> Iterator[Floats]:
    r"""AdamW without weight decay (Kingma and Ba 2015)."""
    return adamw(x, gradient, lr, betas=betas, eps=eps, weight_decay=0.0, bias_correction=bias_correction)


def adamw(
    x: Floats,
    gradient: Gradient,
    lr: Iterable[Floats],
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
    bias_correction: bool = True,
) -> Iterator[Floats]:
    r"""$m \leftarrow \beta_1 m + (1-\beta_1) g,\; v \leftarrow \beta_2 v + (1-\beta_2) g^2,\;
    x \leftarrow (1 - \eta\lambda) x - \eta \hat m / (\sqrt{\hat v} + \epsilon)$ (Loshchilov and Hutter 2019).

    $\hat m = m / (1-\beta_1^t)$ and $\hat v = v / (1-\beta_2^t)$; without `bias_correction` they are $m$ and $v$.
    """
    beta1, beta2 = _betas(betas)
    _require("eps", eps, "at least 0", met=eps >= 0)
    _require("weight_decay", weight_decay, "at least 0", met=weight_decay >= 0)
    m = v = np.zeros_like(x)
    for t, eta in enumerate(lr, start=1):
        g = gradient(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        correction1, correction2 = (1 - beta1**t, 1 - beta2**t) if bias_correction else (1.0, 1.0)
        x = (1 - eta * weight_decay) * x - eta / correction1 * (m / (np.sqrt(v) / correction2**0.5 + eps))
        yield x


def nadam(
    x: Floats,
    gradient: Gradient,
    lr: Iterable[Floats],
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    momentum_decay: float = 4e-3,
) -> Iterator[Floats]:
    r"""Adam with Nesterov momentum, $\mu_t = \beta_1 (1 - \tfrac12 0.96^{t\psi})$ (Dozat 2016)."""
    beta1, beta2 = _betas(betas)
    _require("eps", eps, "at least 0", met=eps >= 0)
    _require("momentum_decay", momentum_decay, "at least 0", met=momentum_decay >= 0)
    m = v = np.zeros_like(x)
    product = 1.0
    for t, eta in enumerate(lr, start=1):
        g = gradient(x)
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * momentum_decay)) for k in (t, t + 1))
        product *= mu
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        m_hat = mu_next / (1 - product * mu_next) * m + (1 - mu) / (1 - product) * g
        x = x - eta * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps)
        yield x


OPTIMIZERS: Final[dict[str, Optimizer]] = {
    "SGD": sgd,
    "Momentum": momentum,
    "Nesterov": nesterov,
    "Adagrad": adagrad,
    "Adadelta": adadelta,
    "RMSprop": rmsprop,
    "Adam": adam,
    "AdamW": adamw,
    "NAdam": nadam,
}


class Entrant(NamedTuple):
    """What can be compared: an optimizer, the hyperparameters that may be chosen for it, and those that are fixed."""

    optimizer: Optimizer
    takes: tuple[str, ...] = ()
    fixed: Mapping[str, Hyperparameter] = MappingProxyType({})

    def hyperparameters(self, chosen: Mapping[str, Hyperparameter]) -> dict[str, Hyperparameter]:
        """Those that it runs with, out of all that are chosen."""
        return {name: chosen[name] for name in self.takes} | dict(self.fixed)


ENTRANTS: Final[dict[str, Entrant]] = {
    "SGD": Entrant(sgd),
    "Momentum": Entrant(momentum, ("momentum",)),
    "Nesterov": Entrant(nesterov, ("momentum",)),
    "Adagrad": Entrant(adagrad),
    "Adadelta": Entrant(adadelta),
    "RMSprop": Entrant(rmsprop),
    "Adam": Entrant(adam, ("betas",)),
    "AdamW": Entrant(adamw, ("betas",)),
    "NAdam": Entrant(nadam, ("betas",)),
    "Adam uncorrected": Entrant(adam, ("betas",), {"bias_correction": False}),
}

# The largest stable lr · λmax on a quadratic, given the momentum μ: where a root of the recurrence's characteristic
# polynomial reaches −1. The adaptive rules have no such limit: they divide the gradient's size out.
STABILITY: Final[dict[str, Callable[[float], float]]] = {
    "SGD": lambda _: 2.0,
    "Momentum": lambda mu: 2 * (1 + mu),
    "Nesterov": lambda mu: 2 * (1 + mu) / (1 + 2 * mu),
}


def descend(
    optimizer: Optimizer,
    gradient: Gradient,
    start: ArrayLike,
    *,
    lr: ArrayLike,
    steps: int,
    noise: float = 0.0,
    seed: int = 0,
    **hyperparameters: Hyperparameter,
) -> Floats:
    """The positions an optimizer visits.

    Args:
        optimizer: one of `OPTIMIZERS`' values, or another generator of their shape.
        gradient: from points (..., 2) to gradients (..., 2).
        start: shape (..., 2), one start or a whole lattice.
        lr: the learning rate: a number, or an array whose first axis holds one entry a step and whose other axes
            broadcast against `start` (so that many rates run at once).
        steps: how many updates, at least 0.
        noise: standard deviation of independent Gaussian noise added to every component of every gradient.
        seed: of that noise; the same seed gives every optimizer the same noise.
        hyperparameters: torch's, as the optimizer names them.

    Returns:
        Positions of shape (steps + 1, *start.shape), the start first. What diverges overflows to inf and NaN.

    Raises:
        ValueError: naming the argument, its value and what is allowed.
    """
    start = np.asarray(start, dtype=float)
    _require("start", start.shape, "an array of shape (..., 2)", met=start.ndim > 0 and start.shape[-1] == 2)
    _require("steps", steps, "at least 0", met=steps >= 0)
    _require("noise", noise, "at least 0", met=noise >= 0)
    rates = np.asarray(lr, dtype=float)
    _require("lr", lr, "finite and at least 0", met=bool(np.all((rates >= 0) & np.isfinite(rates))))
    one_a_step = f"one number or an array of {steps}, one a step"
    _require("lr", f"an array of shape {rates.shape}", one_a_step, met=rates.ndim == 0 or len(rates) == steps)
    if noise:
        gradient = _noisy(gradient, noise, np.random.default_rng(seed))
    path = np.empty((steps + 1, *start.shape))
    path[0] = start
    with np.errstate(all="ignore"):  # a diverging path overflows, and is shown to
        per_step = [float(rates)] * steps if rates.ndim == 0 else list(rates)
        for t, x in enumerate(optimizer(start, gradient, per_step, **hyperparameters), start=1):
            path[t] = x
    return path


def _noisy(gradient: Gradient, noise: float, rng: np.random.Generator) -> Gradient:
    return lambda x: gradient(x) + noise * rng.standard_normal(x.shape)


def _betas(betas: tuple[float, float]) -> tuple[float, float]:
    _require("betas", betas, "two numbers in [0, 1)", met=len(betas) == 2 and all(0 <= beta < 1 for beta in betas))
    return betas


def _require(argument: str, value: object, allowed: str, *, met: bool) -> None:
    if not met:
        raise ValueError(f"{argument} must be {allowed}, got {value}")
