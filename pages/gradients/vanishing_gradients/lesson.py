"""What the gradients page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui import kit

SCENARIOS: Final = (
    kit.Scenario(
        name="Twenty sigmoid layers",
        question="σ′ is at most 1/4. How much smaller is the gradient at layer 1 than at layer 20 of network A, all sigmoid?",
        predictions=("About 4 · 20 = 80 times", "About 4¹⁹ ≈ 3 · 10¹¹ times", "Over 10¹⁶ times"),
        correct=2,
        settings={"depth": 20, "A activation": "sigmoid", "A init": "PyTorch default"},
        answer=(
            "1.65 · 10¹⁶ times: a factor of 0.14 per layer, and not 0.25, since the weights of PyTorch's default initialization shrink "
            "the gradient as well. In float16 it is exactly 0 from layer 13 down: see *float16*."
        ),
    ),
    kit.Scenario(
        name="Does ReLU fix it?",
        question="ReLU's derivative is 1 wherever it is not 0. Does the gradient of B, all ReLU, survive 50 layers?",
        predictions=(
            "Yes, it stays about the same",
            "It shrinks to about a tenth",
            "It vanishes as well: by over 10¹⁸",
        ),
        correct=2,
        settings={"depth": 50, "B activation": "ReLU", "B init": "PyTorch default"},
        answer=(
            "By 1.5 · 10¹⁹, × 0.406 per layer: half of the derivatives are 0, and PyTorch's default draws weights with variance "
            "1/(3n), so that mean-field theory has √(1/6) = 0.408. What cures it is the initialization: set B to Kaiming."
        ),
    ),
    kit.Scenario(
        name="He's initialization",
        question="A and B are ReLU networks, 50 layers deep. B has Kaiming (He) initialization. What is its factor per layer?",
        predictions=("About 0.7", "About 1", "About 1.4"),
        correct=1,
        settings={
            "depth": 50,
            "A activation": "ReLU",
            "A init": "PyTorch default",
            "B activation": "ReLU",
            "B init": "Kaiming",
        },
        answer=(
            "0.984: variance 2/n makes up for the half of the derivatives that are 0, and the theory has exactly 1. Over 50 layers "
            "the gradient shrinks to a half, and that of A by 1.5 · 10¹⁹."
        ),
    ),
    kit.Scenario(
        name="Small weights",
        question="Ten layers, weights from N(0, 0.01). Which gradient is smaller at layer 1, that of sigmoid or of ReLU?",
        predictions=("Sigmoid's", "ReLU's", "Both are about 1"),
        correct=0,
        settings={
            "depth": 10,
            "A activation": "sigmoid",
            "A init": "N(0, 0.01)",
            "B activation": "ReLU",
            "B init": "N(0, 0.01)",
        },
        answer=(
            "1.3 · 10⁻¹⁶, but ReLU's is 4 · 10⁻¹² and no better for learning: factors of 0.02 and 0.056 per layer. Weights of "
            "one fixed size are right for one width at most."
        ),
    ),
    kit.Scenario(
        name="BatchNorm without skips",
        question="Both networks have ReLU, Kaiming and batch normalization, B also residual connections. Whose gradient explodes?",
        predictions=("Nobody's: normalization prevents it", "A's, without residual connections", "B's, with them"),
        correct=1,
        settings={
            "depth": 50,
            "A activation": "ReLU",
            "A init": "Kaiming",
            "A normalization": "batch",
            "B activation": "ReLU",
            "B init": "Kaiming",
            "B normalization": "batch",
            "B residual": True,
        },
        answer=(
            "From 0.68 at the last layer to 9,450 at the first, a factor of 1.21 per layer. The theory of Yang et al. has "
            "√(π/(π − 1)) = 1.21 for ReLU. With residual connections it grows 11 times over all 50 layers."
        ),
    ),
)

READING: Final = """\
Top left: the norm of the gradient with respect to the pre-activations of each layer. The loss comes after the last layer,
so backpropagation goes from right to left. Triangles are beyond the axis, and a cross below it is an exact 0. Below: by
what factor the gradient changes from each layer to the one before it, measured (solid) and, for plain networks, predicted
by mean-field theory (dashed). A is the wide line under B. Right: the pre-activations of the layer of the slider, and φ′,
by which they multiply the gradient. Saturated: φ′ is below a tenth of its largest value; dead: φ′ of a unit is 0 for every
example.
"""

MATHEMATICS: Final = r"""
Layer $l$ computes $h_l = W_l a_{l-1} + b_l$, normalized if asked, and $a_l = \varphi(h_l)$, or $a_l = a_{l-1} + \varphi(h_l)$ with residual
connections. Backpropagation in a plain network is

$$\delta_l = \frac{\partial L}{\partial h_l} = \varphi'(h_l) \odot W_{l+1}^\top \delta_{l+1}, \qquad \frac{\partial L}{\partial W_l} = \delta_l a_{l-1}^\top .$$

**Mean field.** With independent weights of variance $\sigma_w^2 / n$ and biases of variance $\sigma_b^2$, in a wide network the pre-activations of a
layer are Gaussian with variance $q_l$, and with $Z \sim N(0, 1)$

$$q_{l+1} = \sigma_w^2 \operatorname{E} \varphi(\sqrt{q_l} Z)^2 + \sigma_b^2, \qquad
\frac{\lVert \delta_l \rVert^2}{\lVert \delta_{l+1} \rVert^2} \approx \chi_l = \sigma_w^2 \operatorname{E} \varphi'(\sqrt{q_l} Z)^2 .$$

The gradient vanishes for $\chi < 1$ and explodes for $\chi > 1$. For linear layers $\chi = \sigma_w^2$, for ReLU $\chi = \sigma_w^2 / 2$: hence He's
$\sigma_w^2 = 2$. PyTorch's default draws from $U(-1/\sqrt n, 1/\sqrt n)$, so that $\sigma_w^2 = 1/3$ and $\sqrt\chi = \sqrt{1/6}$ for ReLU.
For GELU and SiLU with Kaiming the variance shrinks so slowly that its luck in the first layers stays, and narrow networks differ from the theory.

**Batch normalization** divides by the standard deviation of the batch at every layer. With ReLU that multiplies the gradient by
$\sqrt{\pi/(\pi - 1)} \approx 1.21$ a layer, whatever the weights.

**Underflow.** The smallest positive number is $2^{-24}$ in float16, $2^{-133}$ in bfloat16 and $2^{-149}$ in float32. A gradient below half of it
is exactly 0, and learns nothing.

The loss here is the inner product of the last activations with a normal direction, over the batch size: what arrives at a layer is the network's
Jacobian, and no property of a task. In *Training* it is the cross-entropy.
"""

REFERENCES: Final = (
    "S. Hochreiter, *Untersuchungen zu dynamischen neuronalen Netzen*, diploma thesis, TU München 1991",
    "X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010",
    "K. He, X. Zhang, S. Ren and J. Sun, *Delving deep into rectifiers*, [arXiv:1502.01852](https://arxiv.org/abs/1502.01852)",
    "B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein and S. Ganguli, *Exponential expressivity in deep neural networks through transient chaos*, [arXiv:1606.05340](https://arxiv.org/abs/1606.05340)",
    "S. S. Schoenholz, J. Gilmer, S. Ganguli and J. Sohl-Dickstein, *Deep information propagation*, [arXiv:1611.01232](https://arxiv.org/abs/1611.01232)",
    "G. Yang, J. Pennington, V. Rao, J. Sohl-Dickstein and S. S. Schoenholz, *A mean field theory of batch normalization*, [arXiv:1902.08129](https://arxiv.org/abs/1902.08129)",
    "R. Pascanu, T. Mikolov and Y. Bengio, *On the difficulty of training recurrent neural networks*, [arXiv:1211.5063](https://arxiv.org/abs/1211.5063)",
    "[torch.nn.init](https://docs.pytorch.org/docs/2.13/nn.init.html), which draws the weights",
)
