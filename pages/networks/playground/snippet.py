"""The view of the playground as Python that a reader can run, and what it prints."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from demos.networks.notation import dumped
from demos.networks.perceptron import featured
from pages.networks.playground.compute import FRAMES, Run
from pages.networks.playground.controls import ORDER, OWN, Controls

TEMPLATE = """\
{imports}
from demos.networks.playground import {names}

torch.set_num_threads(1)  # as the dashboard: the order of sums decides the last digits
split = {split}
net = network(
    features={features!r}, hidden={hidden!r}, activation={activation!r}, classes={classes}, init={init!r}, seed={start},
)
{brought}*_, last = train(
    net, split, features={features!r}, optimizer={optimizer!r}, lr={lr!r}, batch_size={batch_size},
    l1={l1!r}, l2={l2!r}, epochs={epochs}, frames={frames}, seed={order},
)
print(f"epoch {{last.epoch}}")
for part, loss, accuracy in (
    ("training", last.train_loss, last.train_accuracy), ("test", last.test_loss, last.test_accuracy)
):
    print(f"{{part}}: loss {{loss:.4g}}, accuracy {{accuracy:.4g}}")
"""


def snippet(view: Controls) -> str:
    """The run of this view, with every argument written out."""
    own, brought = view.data == OWN, view.weights is not None
    imports = ["import numpy as np"] * own + ["import torch", ""]
    imports += ["from demos.networks.notation import loaded"] * brought
    split = (
        f"data(dataset={view.data!r}, n={view.n}, noise={view.noise!r}, test_size={view.test_size!r}, seed={view.seed})"
    )
    if own:
        imports.append("from demos.networks.samples import framed, split as divided")
        split = (
            f"divided(\n    framed(np.array({view.points.x.tolist()})), np.array({view.points.y.tolist()}),\n"
            f"    test_size={view.test_size!r}, generator=np.random.default_rng({view.seed}),\n)"
        )
    loading = ""
    if view.weights is not None:
        loading = (
            f"given = loaded({dumped(view.net(), view.weights)!r}, net)\n"
            "for parameter, weights in zip(net.parameters(), given):\n    parameter.data = torch.tensor(weights)\n"
        )
    return TEMPLATE.format(
        imports="\n".join(imports), names="network, train" if own else "data, network, train", split=split,
        features=list(view.inputs), hidden=view.hidden.widths, activation=view.bends, classes=view.classes,
        init=view.init, start=view.start, brought=loading, frames=FRAMES, order=ORDER, **view.training,
    )  # fmt: skip


def printed(result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    last = result.last
    return (
        f"epoch {last.epoch}\n"
        f"training: loss {last.train_loss:.4g}, accuracy {last.train_accuracy:.4g}\n"
        f"test: loss {last.test_loss:.4g}, accuracy {last.test_accuracy:.4g}"
    )


def checked_by_hand(view: Controls, result: Run) -> str:
    """How far the last epoch's losses are from `torch.nn`'s own, in double precision."""
    if result.diverged:
        return "There is no number to check."
    net = view.net(fresh=True).double()
    for parameter, weights in zip(net.parameters(), result.last.weights, strict=True):
        parameter.data = torch.tensor(weights, dtype=torch.float64)
    ours, split = result.last, view.split
    differences = [
        abs(_loss(net, x, y, view) - loss)
        for x, y, loss in (
            (split.x_train, split.y_train, ours.train_loss), (split.x_test, split.y_test, ours.test_loss)
        )
    ]  # fmt: skip
    return f"Checked now with `torch.nn` in float64: the losses differ by at most {max(differences):.1g}."


@torch.no_grad()
def _loss(net: nn.Sequential, x: NDArray[np.float32], y: NDArray[np.int64], view: Controls) -> float:
    z, told = net(featured(x.astype(np.float64), view.inputs)), torch.as_tensor(y)
    if view.classes == 2:
        return float(nn.BCEWithLogitsLoss()(z[:, 0], told.double()))
    return float(nn.CrossEntropyLoss()(z, told))
