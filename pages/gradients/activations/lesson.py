"""What the activations page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui import kit

SCENARIOS: Final = (
    kit.Scenario(
        name="How many ReLUs?",
        question="A curve of 8 straight pieces is to be the output of one hidden layer of ReLUs. How many does it take?",
        predictions=("16: one for each end of a piece", "8: one for each piece", "4: one for two pieces"),
        correct=1,
        settings={"kind": "ReLU", "pieces": 8},
        answer=(
            "A hard sigmoid takes two ReLUs, and neighbours share theirs: each piece needs one change of slope. The sine is met up to "
            "0.0704; twice as many pieces leave a quarter, 0.0188, since the error grows with the square of a piece's width. Set *Drawn by* to "
            "sigmoid: soft ramps leave 0.0895, and twice as many only a half."
        ),
    ),
    kit.Scenario(
        name="Can training find it?",
        question=(
            "Sixteen ReLUs can draw the sine with an error of 0.0188. Adam trains the same network for 2,000 steps, from 20 starts. How "
            "many come within twice that error?"
        ),
        predictions=("All of them", "About half", "None"),
        correct=2,
        settings={"kind": "ReLU", "pieces": 16},
        answer=(
            "None of 100 that we tried: the best is at 3 times, the median at 10 times. A ReLU bends at −b/w, and torch's "
            "default puts a quarter of the bends between 0 and 1. Stretch the same curve to −3 … 3 and the median error falls to 0.05. *Train it* "
            "shows both. That a network can draw a curve does not say that training finds it."
        ),
    ),
    kit.Scenario(
        name="Fifty linear layers",
        question=(
            "Fifty linear layers of 32 units are exactly one linear layer. How many of its 32 directions can float32 tell from rounding?"
        ),
        predictions=("All 32", "About 25", "10 to 13"),
        correct=2,
        settings={"A": "linear", "layers": 50, "width": 32},
        answer=(
            "10 to 13, whatever the seed, and its stable rank is below 2: every input comes out along nearly the same line. So the stack is worse "
            "than one layer, and not only as good. See *Linear layers*. A narrow layer in the middle caps the rank for good."
        ),
    ),
    kit.Scenario(
        name="Does a leak save it?",
        question=(
            "At a learning rate of 3 most of the ReLUs in layer 1 die. Leaky ReLU has a slope everywhere, and none of its units can die. Does "
            "that network learn?"
        ),
        predictions=("Yes, nearly as well as at 0.3", "Yes, but badly", "No: its loss is no number any more"),
        correct=2,
        settings={"A": "ReLU", "B": "leaky ReLU"},
        answer=(
            "No unit dies, and the loss is NaN in every run at 3, where ReLU's never is: death works as a fuse, which leaves the network at "
            "chance. Train both in *Dead units*. What kills is the rate: at 0.3 hardly a ReLU of layer 1 dies, one of 64 at most."
        ),
    ),
    kit.Scenario(
        name="Dead for ever?",
        question="A dead ReLU has no gradient on any training digit. Does it ever come back under plain SGD?",
        predictions=("Never", "In layer 1 never, in layer 2 often", "In both layers, now and then"),
        correct=1,
        settings={"A": "ReLU", "B": "GELU", "seed": 1},
        answer=(
            "The inputs of layer 1 are the data: what is 0 on all of them stays so. The inputs of layer 2 move while layer 1 "
            "learns: at rates of 0.3 and 1 a unit that was dead comes back about once. GELU is no cure: its slope "
            "is exactly 0 in float32 too, for very negative inputs, and at 2 more than half of layer 1 are dead in most runs. See *Dead units*."
        ),
    ),
)

READING: Final = """\
Left: both activations φ, and below them their slopes φ′, by which a unit multiplies the gradient. A is the wide line under B.
The grey area is the distribution of the inputs, N(0, σ²), of height 1. The strips at the bottom are where a unit is
saturated: |φ′| is below a tenth of its own largest value. What is beyond a frame is left out.

Right: the curve (wide grey line) and the sum of the units that the slider has added; below, each unit by itself, the last one
strong.
"""

MATHEMATICS: Final = r"""
**One unit** computes $\varphi(wx + b)$. With $\varphi(h) = h$ a stack of layers is one layer, $W_2(W_1 x + b_1) + b_2 = (W_2 W_1)x + (W_2 b_1 + b_2)$,
whose rank is at most that of the narrowest. Adding something after the product, $W x + b + c$, bends nothing: $\varphi$ has to be applied to the sum,
$\varphi(Wx + b)$.

**A curve of $n$ pieces** through $(x_i, y_i)$ with slopes $s_i$ is

$$y_0 + \sum_{i=1}^{n} (y_i - y_{i-1})\, r\!\left(\tfrac{x - x_{i-1}}{x_i - x_{i-1}}\right) = y_0 + \sum_{i=1}^{n} (s_i - s_{i-1}) \max(0, x - x_{i-1}), \qquad s_0 = 0,$$

with the ramp $r(t) = \min(1, \max(0, t))$: $n$ hard sigmoids or $n$ ReLUs. "Hard sigmoid" is torch's here, $h/6 + \tfrac12$ within ±3; ONNX has
$h/5 + \tfrac12$, and BinaryConnect $(h + 1)/2$. The sum does not depend on which. Between knots $d$ apart the error is at most $d^2 \max|f''|/8$.

**Depth** makes pieces if it is built for it: two ReLUs make a tent, and $d$ tents in a row $2^d$ pieces (Telgarsky). Random weights do not: the number of
pieces grows with the number of units, in one layer or in many (Hanin and Rolnick).

**What is passed on.** Backpropagation multiplies the squared gradient by $n \operatorname{Var}(w)\, \mathrm{E}\,\varphi'(h)^2$ a layer. ReLU has $\mathrm{E}\,\varphi'^2 = \tfrac12$
for every σ, tanh 0.464 at σ = 1, sigmoid 0.045. So neither ReLU explodes nor does sigmoid vanish by itself: with weights of variance $2/n$ ReLU
keeps the gradient. And sigmoid loses a factor 16 where it is steepest, $\sigma' \le \tfrac14$, without any saturation.

**Saturation** is measured against the largest slope. By a fixed threshold such as $|\varphi'| < 0.1$ sigmoid would count as flat beyond $|h| = 2.06$.

**Dead** is a unit with $\varphi' = 0$ on the whole training set. On one batch many live units look dead; and half of a ReLU layer's outputs are 0 at its start
without any unit being dead. At 0 torch's ReLU has the slope 0. A ReLU behind the last layer cuts off all negative logits, with their gradient.

**GELU** is $h\,\Phi(h)$ with the error function, and *GELU (tanh)* an approximation, up to $4.7 \cdot 10^{-4}$ off: a network that was trained with one is another one
with the other. **SELU** keeps mean 0 and variance 1 only with weights of variance $1/n$ and `AlphaDropout`. **PReLU** learns its slope below 0, which
weight decay would pull to 0. Step has the slope 0 wherever it has one: nothing can be learned through it.

*And which weights?* A layer multiplies by $n \operatorname{Var}(w)$ too: that is the choice of the initialization.
"""

REFERENCES: Final = (
    "V. Nair and G. Hinton, *Rectified linear units improve restricted Boltzmann machines*, ICML 2010",
    "X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010",
    "K. He, X. Zhang, S. Ren and J. Sun, *Delving deep into rectifiers*, [arXiv:1502.01852](https://arxiv.org/abs/1502.01852)",
    "D. Hendrycks and K. Gimpel, *Gaussian error linear units*, [arXiv:1606.08415](https://arxiv.org/abs/1606.08415)",
    "G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter, *Self-normalizing neural networks*, [arXiv:1706.02515](https://arxiv.org/abs/1706.02515)",
    "M. Telgarsky, *Benefits of depth in neural networks*, [arXiv:1602.04485](https://arxiv.org/abs/1602.04485)",
    "B. Hanin and D. Rolnick, *Complexity of linear regions in deep networks*, [arXiv:1901.09021](https://arxiv.org/abs/1901.09021)",
    "L. Lu, Y. Shin, Y. Su and G. Karniadakis, *Dying ReLU and initialization*, [arXiv:1903.06733](https://arxiv.org/abs/1903.06733)",
    "M. Nielsen, *Neural networks and deep learning*, chapter 4: [a visual proof that neural nets can compute any function](http://neuralnetworksanddeeplearning.com/chap4.html)",
    "[torch.nn.functional](https://docs.pytorch.org/docs/2.13/nn.functional.html#non-linear-activation-functions), which has nearly all of them",
)
