r"""A kernel learned from a picture and what another kernel makes of it.

The loss is the sum of squared errors, a quadratic function of the kernel with the Hessian $2 A^T A$, where the rows of
$A$ are the picture's patches. Gradient descent is stable below $2 / \lambda_{\max}$, and finds only what the patches
tell: along directions in which they do not vary the kernel stays as it started.

Reference: A. Zhang et al., "Dive into Deep Learning", section 7.2.4
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Learned(NamedTuple):
    """The way of gradient descent."""

    weight: Floats  # (steps + 1, kernel rows, kernel columns)
    bias: Floats  # (steps + 1,), zeros without one
    loss: Floats  # (steps + 1,), the sum of squared errors
    largest_lr: float  # 2 / the Hessian's largest eigenvalue; above it, the loss grows


def learn_kernel(
    x: Floats, target: Floats, *, kernel_size: tuple[int, int], lr: float, steps: int, bias: bool, start: Floats
) -> Learned:
    """Gradient descent on the sum of squared errors between `target` and the cross-correlation of `x`.

    Args:
        x: a picture (rows, columns).
        target: what comes out of the kernel that is looked for, with stride 1 and without padding.
        kernel_size: rows and columns of the kernel.
        lr: learning rate.
        steps: of gradient descent.
        bias: whether a bias is learned, too.
        start: the weights of the kernel row by row, and the bias if there is one.

    Raises:
        ValueError: `target` or `start` has another size.
    """
    features = _features(x, kernel_size, bias=bias)
    goal = np.asarray(target, float).ravel()
    first = np.asarray(start, float).ravel()
    for name, given, size in (("target", goal, features.shape[0]), ("start", first, features.shape[1])):
        if given.size != size:
            raise ValueError(f"{name} must have {size} numbers, not {given.size}")
    parameters, loss = np.empty((steps + 1, first.size)), np.empty(steps + 1)
    parameters[0] = first
    with np.errstate(over="ignore", invalid="ignore"):  # what diverges overflows, and is shown so
        for step in range(steps + 1):
            error = features @ parameters[step] - goal
            loss[step] = error @ error
            if step < steps:
                parameters[step + 1] = parameters[step] - lr * 2 * error @ features
    steepest = float(np.linalg.eigvalsh(2 * features.T @ features)[-1])
    taps = kernel_size[0] * kernel_size[1]
    return Learned(
        parameters[:, :taps].reshape(-1, *kernel_size),
        parameters[:, taps] if bias else np.zeros(steps + 1),
        loss,
        2 / steepest if steepest > 0 else np.inf,
    )


def squared_error(x: Floats, target: Floats, weight: Floats) -> Floats:
    """The loss (...,) of kernels (..., rows, columns) without a bias, over the matrix of the patches' products."""
    rows, columns = weight.shape[-2:]
    features = _features(x, (rows, columns), bias=False)
    goal = np.asarray(target, float).ravel()
    flat = weight.reshape(*weight.shape[:-2], rows * columns)
    products = features.T @ features
    loss: Floats = ((flat @ products) * flat).sum(-1) - 2 * flat @ (features.T @ goal) + goal @ goal
    return np.maximum(loss, 0)  # rounding can make less than nothing of it


def drawn_start(*, kernel_size: tuple[int, int], bias: bool, seed: int) -> Floats:
    """Weights and bias as `torch.nn.Conv2d` draws them, evenly between ±1 / sqrt(taps); zeros for seed 0."""
    taps = kernel_size[0] * kernel_size[1]
    if seed == 0:
        return np.zeros(taps + bias)
    drawn: Floats = np.random.default_rng(seed).uniform(-1, 1, taps + bias) / np.sqrt(taps)
    return drawn


def _features(x: Floats, kernel_size: tuple[int, int], *, bias: bool) -> Floats:
    """The patches (windows, taps) that the kernel sees, and a column of ones for the bias."""
    x = np.asarray(x, float)
    if any(size < taps for size, taps in zip(x.shape, kernel_size, strict=True)):
        raise ValueError(f"kernel_size must be at most {x.shape}, the size of x, not {kernel_size}")
    taps = kernel_size[0] * kernel_size[1]
    patches = np.lib.stride_tricks.sliding_window_view(x, kernel_size).reshape(-1, taps)
    return np.column_stack([patches, np.ones(len(patches))]) if bias else patches
