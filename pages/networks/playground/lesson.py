"""What the playground teaches, as text: scenarios, mathematics, references."""

from typing import Final

from ui.kit import Scenario

SCENARIOS: Final = (
    Scenario(
        name="A better feature",
        question="No hidden layer at all, but the features x1² and x2² instead of x1 and x2. How much of the ring is told "
        "right?",
        predictions=("Half of it, as by guessing", "Three quarters", "All of it"),
        correct=2,
        settings={"hidden": "none", "features": ["x1²", "x2²"]},
        answer=(
            "All of it, from every start: a circle is x1² + x2² = r², which is a straight line in these features. With x1 "
            "and x2 the same network gets 60 % at most. A better feature beats a deeper network; a hidden layer is "
            "for those who do not know the feature."
        ),
    ),
    Scenario(
        name="Two lines around a ring",
        question="Two ReLU neurons are two straight folds. From how many of forty starts do they tell 95 % of the test "
        "points right?",
        predictions=("From most", "From a few", "From none"),
        correct=2,
        settings={"hidden": "2", "activation": "ReLU"},
        answer=(
            "From none: two folds leave the ring open, and 85 % is the most. Write 3 into *Hidden layers*: three folds "
            "close it, and now the start decides. In *Forty starts* more than half reach 95 %, and the others stay "
            "open at about 80 %: the same network, the same points, another seed."
        ),
    ),
    Scenario(
        name="Depth without a bend",
        question="Three hidden layers of eight neurons, 177 weights and biases, but the activation is Identity. What does "
        "the boundary look like?",
        predictions=("A ring", "A polygon", "A straight line"),
        correct=2,
        settings={"hidden": "8, 8, 8", "activation": "Identity"},
        answer=(
            "A straight line: W₃(W₂(W₁x + b₁) + b₂) + b₃ is again one matrix times x plus one vector. It tells 60 % "
            "right at most, like no hidden layer at all. The activation is what makes depth worth anything."
        ),
    ),
    Scenario(
        name="Sure and wrong",
        question="100 noisy training points, two layers of 16, 300 epochs. What would an L2 penalty of 0.01 change on the "
        "test points?",
        predictions=("The accuracy, by ten points", "The loss, by half", "Nothing"),
        correct=1,
        settings={"hidden": "16, 16", "noise": 0.3, "n": 200, "epochs": 300},
        answer=(
            "The accuracy hardly moves, and the loss falls by half: set *L2* to 0.01 and look. Without the penalty the "
            "logits grow for as long as a training point can still be told better, and the network is sure where it is "
            "wrong. Who looks at the accuracy alone does not see it."
        ),
    ),
    Scenario(
        name="Break it",
        question="SGD with the learning rate 0.3 and an L2 penalty of 10: the penalty alone multiplies each weight by "
        "1 − 0.3 · 10 = −2 a step. An epoch has 7 steps. How does it end?",
        predictions=("The weights shrink to 0", "They swing, and stay", "No number is left before epoch 20"),
        correct=2,
        settings={"optimizer": "SGD", "lr": 0.3, "l2": 10.0},
        answer=(
            "Single precision ends at 3.4 · 10³⁸ = 2¹²⁸, so after some 126 steps: in epoch 18. The limit is lr·λ = 2. With "
            "lr 0.3 and L2 3 each step multiplies by 0.1 instead, and all weights vanish."
        ),
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
With the features $a_0$ of a point, layer $l$ computes

$$z_l = W_l\, a_{l-1} + b_l, \qquad a_l = \varphi(z_l),$$

where $\varphi$ is **applied** to each sum and not added to it. The last layer has no $\varphi$: its sums are the logits. For two classes there
is one logit, with $p = \sigma(z) = 1 / (1 + e^{-z})$ for class 1, and for $K$ classes there are $K$, with $p = \mathrm{softmax}(z)$. A sigmoid
before this loss would be a second one.

**Loss.** The mean over a batch of $-\log p_{\text{true class}}$, plus $\lambda_1 \sum |w| + \tfrac{\lambda_2}{2} \sum w^2$ over all weights, and not over the biases.
The curves show it without the penalties. `weight_decay` of `torch.optim` would shrink the biases too, and in AdamW it is no part of the gradient.
As a part of the loss, L1 makes weights small and none of them exactly 0.

**Limit.** SGD on the penalty alone multiplies $w$ by $1 - \eta\lambda_2$ a step, which stays bounded while $\eta\lambda_2 \le 2$.

**From zero.** With all weights 0, $\partial L / \partial W_l \propto a_{l-1}$ and $\partial L / \partial a_{l-1} = W_l^\top(\dots) = 0$: with tanh or ReLU, for which $\varphi(0) = 0$, nothing
but the last bias ever moves. With sigmoid the neurons of a layer learn, but all of them the same.

**Pictures.** A neuron's picture is what it says at every place of the plane. Its colours are on one scale for a layer in all epochs.
"""

REFERENCES: Final = (
    "D. Smilkov, S. Carter, D. Sculley, F. B. Viégas and M. Wattenberg, *Direct-manipulation visualization of deep networks*, [arXiv:1708.03788](https://arxiv.org/abs/1708.03788), and [TensorFlow Playground](https://playground.tensorflow.org), whose kinds of points these are",
    "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, 2016, chapter 6: [Deep feedforward networks](https://www.deeplearningbook.org/contents/mlp.html)",
    "C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, *On calibration of modern neural networks*, [arXiv:1706.04599](https://arxiv.org/abs/1706.04599)",
    "[torch.nn.Linear](https://docs.pytorch.org/docs/2.13/generated/torch.nn.Linear.html), whose first weights these are",
)
