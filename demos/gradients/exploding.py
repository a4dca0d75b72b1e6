"""What grows without bound through depth, and what clipping makes of it.

A matrix of N(0, 1) entries stretches a vector by about √width: its entries have variance 1, where 1/width would keep
the length.

Reference: A. Zhang, Z. C. Lipton, M. Li and A. J. Smola, Dive into deep learning, section 5.4.
"""

import numpy as np
import torch
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def gaussian_products(*, width: int, layers: int, seed: int, dtype: torch.dtype) -> Floats:
    """The norm of a unit vector after each of `layers` multiplications by a fresh N(0, 1) matrix.

    Args:
        width: of the matrices, at least 1.
        layers: how many, at least 1.
        seed: of the matrices.
        dtype: in which the vector is kept; the norms are taken in float64.

    Returns:
        (layers,); inf or NaN from where the format overflows.

    Raises:
        ValueError: width or layers is below 1.
    """
    if width < 1 or layers < 1:
        raise ValueError(f"width and layers must be at least 1, not {width} and {layers}.")
    generator = torch.Generator().manual_seed(seed)
    vector, norms = torch.full((width,), width**-0.5, dtype=dtype), []
    for _ in range(layers):
        vector = torch.randn(width, width, generator=generator).to(dtype) @ vector
        norms.append(float(torch.linalg.vector_norm(vector.double())))
    return np.array(norms)


def clip_factor(norms: Floats, *, max_norm: float) -> float:
    """What all gradients are multiplied by so that their global norm is at most `max_norm`.

    Args:
        norms: of the gradients of all parameters, (k,).
        max_norm: above 0.

    Returns:
        min(1, max_norm / (norm + 1e-6)), as `torch.nn.utils.clip_grad_norm_` has it.

    Raises:
        ValueError: max_norm is not above 0.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be above 0, not {max_norm}.")
    return float(min(1.0, max_norm / (np.sqrt((norms**2).sum()) + 1e-6)))
