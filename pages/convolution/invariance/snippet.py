"""The view of the invariance page as Python that a reader can run, what it prints, and a check."""

from typing import Final

import torch

from pages.convolution.invariance.compute import Run, film, picture_of
from pages.convolution.invariance.controls import CHANGES, TURN, Controls

TEMPLATE: Final = """\
import torch

from demos.convolution.invariance import answers, curve, digits, enlarged, network, train, transform

net = network(downsampling={downsampling!r}, head={head!r}, padding_mode={padding_mode!r}, seed={seed})
{training}picture = {picture}
values = {values}
change = {{"angle": 0.0, "scale": 1.0, "right": 0.0, "down": 0.0, {kind!r}: torch.tensor(values)}}
film = transform(picture.expand(len(values), -1, -1, -1), **change)
for value, answer in zip(values, answers(net, film)):
    print(f"{kind} {{value:.4g}}: {{int(answer.argmax())}} with {{float(answer.max()):.0%}}")
{asking}"""
TRAINING: Final = """\
for progress in train(
    net, augmentation={augmentation!r}, steps={steps}, batch_size={batch_size}, lr={lr}, seed={seed}
):
    print(f"step {{progress.step}}: loss {{progress.loss:.3f}}, {{progress.accuracy:.1%}} right")
"""
ASKING: Final = """\
print("accuracy", *(f"{{share:.1%}}" for share in curve(net, kind={kind!r}, values={values})))
"""


def snippet(view: Controls, result: Run) -> str:
    """The network, its training if it has been trained, and its answers to the film."""
    change, recipe = view.changed, view.recipe._asdict()
    asked = tuple(change.amounts[frame] for frame in change.asked)
    picture = (
        f"enlarged(torch.tensor([{view.picture}]))" if view.own else f"digits()[1].x[{view.digit - 1}:{view.digit}]"
    )
    return TEMPLATE.format(
        **recipe,
        picture=picture,
        kind=change.kind,
        values=change.amounts,
        training=TRAINING.format(**recipe) if result.trained else "",
        asking=ASKING.format(kind=change.kind, values=asked) if result.trained else "",
    )


def printed(view: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    change = view.changed
    lines = [
        f"{change.kind} {value:.4g}: {int(answer.argmax())} with {float(answer.max()):.0%}"
        for value, answer in zip(change.amounts, result.probabilities, strict=True)
    ]
    if result.trained:
        steps = [f"step {each.step}: loss {each.loss:.3f}, {each.accuracy:.1%} right" for each in result.trained.steps]
        shares = " ".join(f"{share:.1%}" for share in result.trained.curves[view.change])
        lines = [*steps, *lines, f"accuracy {shares}"]
    return "\n".join(lines)


def checked_against_torch(view: Controls) -> str:
    """How far a quarter turn by sampling is from one by exchanging rows and columns, computed now."""
    picture = picture_of(view)
    turn = CHANGES[TURN]
    quarter = film(picture, turn)[turn.amounts.index(90.0)]
    worst = float((quarter - torch.rot90(picture[0], dims=(1, 2))).abs().max())
    return f"Checked now against `torch.rot90`: the picture turned by 90° differs from it by at most {worst:.1g}."
