"""What a network's answer owes to the place, the turn and the size of what it sees.

A convolution is *equivariant* to shifts: its output moves along. It is *invariant* to nothing. Every second cell that
is skipped, by a stride or by pooling, breaks even that; a dense head learns the place; and nothing in a convolution
knows of turns and sizes: those have to be in the pictures that it learns from.

References: R. Zhang, 2019, https://arxiv.org/abs/1904.11486; A. Azulay and Y. Weiss, 2019, https://arxiv.org/abs/1805.12177
"""

from demos.convolution.invariance.networks import DOWNSAMPLING, HEADS, PADDING_MODES, TOTAL_STRIDE, network
from demos.convolution.invariance.pictures import CANVAS, INK, ROOM, Digits, digits, enlarged, transform
from demos.convolution.invariance.shifts import POOLINGS, equivariance, pooled
from demos.convolution.invariance.training import (
    AUGMENTATIONS,
    KINDS,
    Progress,
    accuracy,
    answers,
    consistency,
    curve,
    train,
)

__all__ = [
    "AUGMENTATIONS",
    "CANVAS",
    "DOWNSAMPLING",
    "HEADS",
    "INK",
    "KINDS",
    "PADDING_MODES",
    "POOLINGS",
    "ROOM",
    "TOTAL_STRIDE",
    "Digits",
    "Progress",
    "accuracy",
    "answers",
    "consistency",
    "curve",
    "digits",
    "enlarged",
    "equivariance",
    "network",
    "pooled",
    "train",
    "transform",
]  # fmt: skip
