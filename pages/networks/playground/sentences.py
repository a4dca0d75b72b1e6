"""The conclusions of the playground: sentences made from the numbers."""

import numpy as np

from demos.networks.playground import Frame
from pages.networks.playground.compute import Run, count, dead
from pages.networks.playground.controls import Controls


def conclusions(view: Controls, result: Run) -> list[str]:
    """What the network has learned, and what kept it from more."""
    if result.diverged:
        return [_divergence(view, result)]
    notes = (_bend(view), _zero(view, result), _asleep(view, result), _certainty(view, result.last))
    return [_result(view, result), *(note for note in notes if note)]


def _result(view: Controls, result: Run) -> str:
    last, split = result.last, view.split
    return (
        f"After {last.epoch} epochs **{last.test_accuracy:.1%}** of {len(split.y_test)} test points are told right, "
        f"and {last.train_accuracy:.1%} of {len(split.y_train)} training points; the loss is {last.test_loss:.3g} "
        f"on the test points and {last.train_loss:.3g} on the training points. The network has {count(view.net())} "
        "weights and biases."
    )


def _divergence(view: Controls, result: Run) -> str:
    why = "Its steps are too long: a smaller learning rate helps."
    factor = 1 - view.lr * view.l2
    if view.optimizer == "SGD" and factor < -1:
        steps = np.log(np.finfo(np.float32).max) / np.log(-factor)
        why = (
            f"The penalty alone multiplies each weight by 1 − lr·λ = 1 − {view.lr:g}·{view.l2:g} = −{-factor:.3g} a "
            f"step: beyond lr·λ = 2 that grows, and single precision ends after about {steps:.0f} steps."
        )
    return f"**You broke it in epoch {result.last.epoch}**: from there on the loss is no number. {why}"


def _bend(view: Controls) -> str:
    if any(bend != "Identity" for bend in view.bends):
        return ""
    straight = (
        "a straight line" if set(view.inputs) <= {"x1", "x2"} else "straight in the features, if not in the plane"
    )
    layers = "Without hidden layers" if not view.bends else "Without a bend in any layer, however many there are,"
    return f"{layers} the logit is a sum of the features, so that the boundary is {straight}."


def _zero(view: Controls, result: Run) -> str:
    if not view.bends or any(np.any(each) for each in result.last.weights[:-1]):
        return ""
    return (
        "All weights are **still exactly 0**, and only the last bias has learned: where a neuron says 0 and is "
        "listened to with weight 0, both gradients are 0."
    )


def _asleep(view: Controls, result: Run) -> str:
    asleep, all_of_them = dead(view, result), sum(view.hidden.widths)
    if not asleep or not any(np.any(each) for each in result.last.weights[:-1]):
        return ""
    return f"{asleep} of {all_of_them} hidden neurons say the same for every training point: nothing is learned there."


def _certainty(view: Controls, last: Frame) -> str:
    guess = float(np.log(view.classes))
    if last.test_loss <= max(guess / 2, 3 * last.train_loss) or last.test_accuracy <= 1 / view.classes:
        return ""
    return (
        f"It is **sure where it is wrong**: the test loss is {last.test_loss / max(last.train_loss, 1e-12):.3g} "
        f"times the training loss, while who answers {1 / view.classes:.0%} for every point has {guess:.3g}."
    )
