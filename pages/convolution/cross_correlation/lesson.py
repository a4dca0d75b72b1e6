"""What the cross-correlation page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui import kit

SCENARIOS: Final = (
    kit.Scenario(
        name="Turned round",
        question="One bright pixel, and a kernel that counts 1 2 3 / 4 5 6 / 7 8 9. What stands in the middle of the output?",
        predictions=("1 2 3 / 4 5 6 / 7 8 9", "9 8 7 / 6 5 4 / 3 2 1", "A single 5"),
        correct=1,
        settings={"picture": "One bright pixel", "kernel_name": "Counting"},
        answer=(
            "9 8 7 / 6 5 4 / 3 2 1. The first window that meets the pixel has it under its last weight, 9. So what deep learning calls a "
            "convolution writes the kernel turned by 180°: it is a cross-correlation. Switch *True convolution* on and it reads 1 to 9. A kernel "
            "that looks the same turned, such as the blur, makes no difference; and a learned one does not care: learning would find the turned weights."
        ),
    ),
    kit.Scenario(
        name="One tenth more",
        question="With a learning rate of 0.03, ten steps learn [1, −1] from the stripes to within 0.1. What do 200 steps with 0.034 do?",
        predictions=("They find it exactly", "They stop a little beside it", "The loss grows without end"),
        correct=2,
        settings={"lr": 0.034, "steps": 200, "seed": 1},
        answer=(
            "The loss grows by 8 % a step. It is a bowl with the curvatures 12 and 60, and above 2 / 60 = 0.0333 every step overshoots the steep "
            "direction by more than it was away. (With a start of exactly zero it converges all the same: that start has no part in the steep direction. "
            "Set *Start* to 0.) The loss is a **sum** of squares: a larger picture has a smaller limit. See *Learn the kernel*."
        ),
    ),
    kit.Scenario(
        name="Loss 0, another kernel",
        question="The stripes, filtered by Sobel's kernel: gradient descent from zeros brings the loss to 0. Does it find Sobel's 1 2 1 in the first column?",
        predictions=("Yes: the loss is 0", "No: 4/3 in all three rows", "No: its negative"),
        correct=1,
        settings={"kernel_name": "Sobel", "lr": 0.01, "steps": 100},
        answer=(
            "It finds 4/3, 0, −4/3 in every row. All rows of this picture are equal, so only the sum of a kernel's column counts: 1 + 2 + 1 = 4, and from "
            "zeros each row takes a third. Loss 0 says that the kernel does the same **on this picture**, no more. See *Learn the kernel*."
        ),
    ),
    kit.Scenario(
        name="Pixels that nobody reads",
        question="A 1 × 1 kernel with stride 2 slides over 8 × 8 cells. How many cells does it never read?",
        predictions=("None: all are read", "Half of them", "Three quarters"),
        correct=2,
        settings={"picture": "Digit", "kernel_name": "Identity", "stride": 2},
        answer=(
            "48 of 64: three quarters are hatched. The bottleneck blocks of ResNet-50 began so when they halved the picture, until torchvision moved the "
            "stride into the 3 × 3 convolution (“v1.5”). A stride does not make the use of cells even: with 3 × 3 and stride 2 inner cells are read 1, 2 or "
            "4 times, with stride 1 all of them 9 times. And 3 × 3 with stride 3 drops the last two rows and columns."
        ),
    ),
    kit.Scenario(
        name="Moved by one pixel",
        question="Handwritten digits move by one pixel. Of the outputs of 2 × 2 max pooling that see ink, how many keep their value?",
        predictions=("About a third", "About two thirds", "Nearly all"),
        correct=0,
        settings={"picture": "Digit", "kernel_name": "Blur", "shift": 1},
        answer=(
            "31 %, against 5 % without pooling. A bright pixel stays in its window of 2 in one of two places, and leaves it in the other: in general "
            "(k − d) of k. Windows of 4 × 4 keep 68 %. Means of 2 × 2 keep 1 %, and yet change less than no pooling: by 0.58 of the output's length instead "
            "of 0.82. See *Channels and pooling*."
        ),
    ),
)

READING: Final = """\
**Left**, the picture with its padding, which is paler; the frame is the picture. Blue is positive, red-brown negative, and cells that no window
reads are hatched. **Middle**, what lies under each weight, times the weight. **Right**, the sums so far. The slider and Play go
from window to window; the line below is the sum written out. Places are counted from 0.
"""

MATHEMATICS: Final = r"""
With stride $s$, padding $p$ and dilation $d$, a layer with $C$ input channels computes, for each of its output channels,

$$y[r, c] = b + \sum_{k=1}^{C} \sum_{i, j} w_k[i, j]\; x_k[r s + i d - p,\; c s + j d - p].$$

This is **cross-correlation**. A convolution in the strict sense has $w[-i, -j]$: it is the same with the kernel turned by 180°. Only with the turn is
filtering twice the same as filtering once by a convolved kernel, $(x * u) * v = x * (u * v)$.

**How many windows fit**: $\lfloor (n + 2p - d(k - 1) - 1) / s \rfloor + 1$ along each axis. A remainder is dropped. With `ceil_mode`, which poolings have,
it is rounded up, but the last window must begin inside of the input or of the padding before it: $n = 5$, $k = 1$, $s = 3$ gives 2. An average divides by the cells of
its window with padding, if so wished, but never by what hangs over the end: the average 2 × 2, stride 3, of 0 … 48 has 48 / 1 in its corner.

**Padding** of $k - 1$ lets every cell be read $k^2$ times, the corner of a 3 × 3 convolution 1, 4, 9 times with padding 0, 1, 2. It mends the count; that windows at the
border see zeros stays (see *Receptive fields*). With padding $(k - 1) / 2$ and stride 1 the output is as large as the input: convolution itself
does not compress, strides, poolings and fewer channels do. For an even kernel `padding='same'` puts the odd cell to the right and below;
`scipy.signal.correlate2d` does so too, `scipy.signal.correlate` and `scipy.ndimage.correlate` do not.

**As a matrix.** The layer is linear: $y = A x$ with a row for each window. All rows hold the same few weights, elsewhere they are 0 (a receptive field, and shared parameters). Its
transpose $A^\top$ is the transposed convolution.

**Learning.** The sum of squared errors $\lVert P w - t \rVert^2$, with a patch of the picture in each row of $P$, has the Hessian $2 P^\top P$. Gradient descent converges for
$\text{lr} < 2 / \lambda_{\max}$: on the stripes for $2 / 60$, with a bias for $0.0161$. Scaling the picture by $a$ scales the limit by $1 / a^2$. What
$P$ maps to 0 is never learned: there the kernel stays as it started. In PyTorch the update is made under `torch.no_grad()`, since a leaf that needs a gradient must not be changed in place.

**Pooling** has no weights. A cell under a maximum of $k$ cells may move by $d$ and stay in its window in $(k - d)$ of $k$ places.
"""

REFERENCES: Final = (
    "V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, [arXiv:1603.07285](https://arxiv.org/abs/1603.07285)",
    "A. Zhang, Z. Lipton, M. Li and A. Smola, *Dive into Deep Learning*, [chapter 7](https://d2l.ai/chapter_convolutional-neural-networks/index.html)",
    "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, [chapter 9](https://www.deeplearningbook.org/contents/convnets.html)",
    "PyTorch, [`torch.nn.Conv2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html) and [`torch.nn.AvgPool2d`](https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html)",
    "E. Z. Yang, [*Convolution visualizer*](https://ezyang.github.io/convolution-visualizer/), the shapes of windows to hover over",
    "R. Zhang, *Making convolutional networks shift-invariant again*, [arXiv:1904.11486](https://arxiv.org/abs/1904.11486)",
    "[torchvision on ResNet v1.5](https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.resnet50.html): the stride moved into the 3 × 3 convolution",
)
