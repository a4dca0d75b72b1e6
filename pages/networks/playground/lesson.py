"""What the playground teaches, as text: scenarios, mathematics, references."""

from typing import Final

from ui.kit import Scenario

SCENARIOS: Final = (
    Scenario(
        name="A better feature",
        question="No hidden layer at all, and the features x1² and x2² instead of x1 and x2. How much of the ring is told "
        "right?",
        predictions=("About half, as by guessing", "Three quarters", "All of it"),
        correct=2,
        settings={"hidden": "none", "features": ["x1²", "x2²"]},
        answer="",
    ),
    Scenario(
        name="Two lines around a ring",
        question="Two ReLU neurons, so two straight folds. From how many of forty starts do they tell 95 % of the test "
        "points right?",
        predictions=("From most", "From a few", "From none"),
        correct=2,
        settings={"hidden": "2", "activation": "ReLU"},
        answer="",
    ),
)

READING: Final = """
- **Left** the network: each picture is what one neuron says over the plane, from rust (−) over nothing to blue (+). Lines are
  weights, dots in the corners are biases, coloured alike; the wider, the larger.
- **Right** what the network says of each place, with the training points (filled) and the test points (rings). **Click** to
  follow one point through the network.
- **Below** loss and accuracy, solid for the training points and dashed for the test points.
- *Epoch* and *Play* go through the training as it was: nothing is trained again.
"""

MATHEMATICS: Final = r"""
"""

REFERENCES: Final = ()
