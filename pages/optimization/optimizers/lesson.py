"""What the optimizers page teaches, as text: scenarios, mathematics, references."""

from typing import Final

from ui.kit import Scenario

SCENARIOS: Final = (
    Scenario(
        name="Overshoot",
        question="A long valley, one learning rate. After 100 steps, is SGD closer to the minimum or Momentum?",
        predictions=("SGD, for it never overshoots", "Momentum, though it overshoots", "They tie"),
        correct=1,
        settings={
            "surface": "Ravine",
            "x": -2.5,
            "y": 1.0,
            "optimizers": ["SGD", "Momentum"],
            "lr": 0.0316,
            "steps": 100,
        },
        answer=(
            "Momentum shoots past the minimum by 0.97, swings back, and after 100 steps is 22 times closer than SGD, "
            "which never overshoots but shrinks the flat direction by only 3 % a step."
        ),
    ),
    Scenario(
        name="Just past 2/λmax",
        question="The largest eigenvalue is 20, so 2/λmax = 0.1. The learning rate is 0.106. Who leaves the frame?",
        predictions=("Only SGD", "SGD and Nesterov", "SGD, Momentum and Nesterov", "Nobody"),
        correct=1,
        settings={
            "surface": "Ravine",
            "x": -2.5,
            "y": 1.0,
            "optimizers": ["SGD", "Momentum", "Nesterov", "Adam"],
            "lr": 0.106,
            "steps": 100,
        },
        answer=(
            "SGD multiplies y by 1 − 0.106 · 20 = −1.12 a step. Momentum survives up to 2(1 + μ)/λmax = 0.19, but Nesterov "
            "in torch's form only up to 2(1 + μ)/((1 + 2μ)λmax) = 0.068: it is the first to diverge, not the last."
        ),
    ),
    Scenario(
        name="Adam's first step",
        question="Adam's averages start at zero. Leave out the correction for that: how long is the first step?",
        predictions=("10 times shorter", "The same", "3.2 times longer"),
        correct=2,
        settings={
            "surface": "Quadratic bowl",
            "x": -2.5,
            "y": 2.0,
            "optimizers": ["Adam", "Adam uncorrected"],
            "lr": 0.1,
            "steps": 60,
        },
        answer=(
            "m is 10 times too small, but √v is 31.6 times too small: (1 − β₁)/√(1 − β₂) = 0.1/0.0316 = 3.16. "
            "With the correction the first step is exactly lr along each axis. Drag *Step* to 1 to see both."
        ),
    ),
    Scenario(
        name="Stuck at the saddle",
        question="All start exactly on the ridge of a saddle, y = 0. Who finds the way down?",
        predictions=("Adam: it rescales the flat direction", "Momentum: it rolls over", "Nobody"),
        correct=2,
        settings={
            "surface": "Saddle",
            "x": -2.5,
            "y": 0.0,
            "optimizers": ["SGD", "Momentum", "RMSprop", "Adam"],
            "lr": 0.0501,
            "steps": 200,
        },
        answer=(
            "On the ridge ∂f/∂y is exactly 0, and every rule turns 0 into 0. Under *More*, set the gradient noise to 0.01: "
            "all four leave the frame."
        ),
    ),
    Scenario(
        name="One start, many minima",
        question="Four optimizers, the same start and learning rate. How many different minima do they find?",
        predictions=("One", "Two", "Three"),
        correct=2,
        settings={
            "surface": "Himmelblau",
            "x": 0.1,
            "y": -1.9,
            "optimizers": ["SGD", "Momentum", "RMSprop", "Adam"],
            "lr": 0.0158,
            "steps": 200,
        },
        answer=(
            "SGD and RMSprop share one; Momentum ends in another, and so does Adam, although Adam is RMSprop on averaged "
            "gradients. Where a path ends is decided by the rule as much as by the surface; *Basins* maps it for every start."
        ),
    ),
)

READING: Final = """
- **Click** the surface to start there. The paler, the lower it is.
- **White crosses** are minima, the white circle is the start.
- **Diamonds** stand where a path leaves the frame for good, with the step.
- At the shown step: **dashed**, the direction of steepest descent; **solid**, the update that follows.
- On the right, f* is the lowest minimum in the frame, or 0 where there is none.
"""

MATHEMATICS: Final = r"""
With the gradient $g_t = \nabla f(x_{t-1})$ and the learning rate $\eta$:

| | |
|---|---|
| SGD | $x_t = x_{t-1} - \eta g_t$ |
| Momentum | $b_t = \mu b_{t-1} + g_t,\quad x_t = x_{t-1} - \eta b_t$ |
| Nesterov | $b_t = \mu b_{t-1} + g_t,\quad x_t = x_{t-1} - \eta (g_t + \mu b_t)$ |
| Adagrad | $s_t = s_{t-1} + g_t^2,\quad x_t = x_{t-1} - \eta g_t / (\sqrt{s_t} + \epsilon)$ |
| RMSprop | $v_t = \alpha v_{t-1} + (1-\alpha) g_t^2,\quad x_t = x_{t-1} - \eta g_t / (\sqrt{v_t} + \epsilon)$ |
| Adadelta | $v_t$ as RMSprop with $\rho$, $\;\Delta_t = g_t \sqrt{u_{t-1}+\epsilon}/\sqrt{v_t+\epsilon},\; u_t = \rho u_{t-1} + (1-\rho)\Delta_t^2,\; x_t = x_{t-1} - \eta \Delta_t$ |
| Adam | $m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\; v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2,\; x_t = x_{t-1} - \eta \dfrac{m_t/(1-\beta_1^t)}{\sqrt{v_t/(1-\beta_2^t)} + \epsilon}$ |
| AdamW | Adam, after $x \leftarrow (1 - \eta\lambda)\, x$ |
| NAdam | Adam with $m_t/(1-\beta_1^t)$ replaced by $\dfrac{\mu_{t+1} m_t}{1 - \prod_{i \le t+1} \mu_i} + \dfrac{(1-\mu_t) g_t}{1 - \prod_{i \le t} \mu_i}$ |

**Stability.** Near a minimum $f \approx \tfrac12 (x - x^*)^\top H (x - x^*)$, and along the eigenvector with eigenvalue $\lambda$ gradient
descent multiplies the distance by $1 - \eta\lambda$ a step. It shrinks while $\eta < 2/\lambda$, so the largest eigenvalue sets the limit,
and the smallest one the pace. With momentum $\mu$ the limit is $2(1+\mu)/\lambda_{\max}$, in Nesterov's form $2(1+\mu)/((1+2\mu)\lambda_{\max})$.

**Critical points.** Where $\nabla f = 0$ the eigenvalues of $H$ decide: both positive, a minimum; both negative, a maximum; one of
each sign, a saddle; a zero among them, degenerate: the second derivatives do not tell.
"""

REFERENCES: Final = (
    "B. T. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964",
    "I. Sutskever, J. Martens, G. Dahl and G. Hinton, *On the importance of initialization and momentum in deep learning*, ICML 2013",
    "J. Duchi, E. Hazan and Y. Singer, *Adaptive subgradient methods for online learning and stochastic optimization*, JMLR 2011",
    "M. D. Zeiler, *ADADELTA: an adaptive learning rate method*, [arXiv:1212.5701](https://arxiv.org/abs/1212.5701)",
    "D. P. Kingma and J. Ba, *Adam: a method for stochastic optimization*, [arXiv:1412.6980](https://arxiv.org/abs/1412.6980)",
    "T. Dozat, *Incorporating Nesterov momentum into Adam*, ICLR workshop 2016",
    "I. Loshchilov and F. Hutter, *Decoupled weight decay regularization*, [arXiv:1711.05101](https://arxiv.org/abs/1711.05101)",
    "[torch.optim](https://docs.pytorch.org/docs/2.13/optim.html), whose update rules, names and defaults these are",
    "M. Jamil and X.-S. Yang, *A literature survey of benchmark functions*, [arXiv:1308.4008](https://arxiv.org/abs/1308.4008)",
)
