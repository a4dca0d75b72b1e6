"""Activation functions: the bend of one unit, what a sum of bends can draw, and what becomes of units in training.

A unit computes φ(w·x + b). Without φ any stack of layers is one linear layer; with it one hidden layer draws any curve,
a piece for every unit. In training φ′ multiplies the gradient: a unit whose φ′ is 0 on all data learns nothing.

References: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS
2010; B. Hanin and D. Rolnick, Complexity of linear regions in deep networks, ICML 2019.
"""

from demos.gradients.activations.bends import ACTIVATIONS, Curve, Moments, Own, curve, moments, own
from demos.gradients.activations.deaths import Deaths, Look, deaths, dying, gathered
from demos.gradients.activations.fitting import Fit, fitting, trained_fit
from demos.gradients.activations.pieces import Collapse, collapse, pieces, random_net, sawtooth
from demos.gradients.activations.ramps import KINDS, TARGETS, Units, construct, total

__all__ = [
    "ACTIVATIONS", "KINDS", "TARGETS", "Collapse", "Curve", "Deaths", "Fit", "Look", "Moments", "Own", "Units",
    "collapse", "construct", "curve", "deaths", "dying", "fitting", "gathered", "moments", "own", "pieces",
    "random_net", "sawtooth", "total", "trained_fit",
]  # fmt: skip
