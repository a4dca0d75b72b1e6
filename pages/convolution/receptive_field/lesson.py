"""What the receptive-field page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from pages.convolution.network_choice import OWN
from ui import kit


def stacked(count: int, *, kernel_size: int, channels: int) -> str:
    """The code of equal convolutions with padding, one after the other."""
    each = f"    nn.Conv2d({channels}, {channels}, kernel_size={kernel_size}, padding={kernel_size // 2}),\n"
    return f"nn.Sequential(\n{each * count})"


SCENARIOS: Final = (
    kit.Scenario(
        name="Two 3 × 3 for one 5 × 5",
        question="Two 3 × 3 convolutions with 64 channels, one after the other, against one of 5 × 5. What do they see, at what cost?",
        predictions=(
            "As much as 5 × 5, with 28 % fewer weights",
            "As much as 5 × 5, with as many weights",
            "6 × 6, with 28 % fewer weights",
        ),
        correct=0,
        settings={"network": OWN, "code": stacked(2, kernel_size=3, channels=64), "size": 32, "layer": 2},
        answer=(
            "5 × 5 cells: each layer adds kernel size − 1. They have 2 · 9 · 64² = 73,728 weights against 25 · 64² = 102,400, and a "
            "nonlinearity can stand between them. The effective width is 4.1 and not 5: the cells at the rim are reached by "
            "one path each, those in the middle by many. See *Small kernels*."
        ),
    ),
    kit.Scenario(
        name="Pooling doubles the growth",
        question="In VGG-16 a 3 × 3 convolution of the first block adds 2 cells to the field. How many does one of the fifth block add?",
        predictions=("2", "10", "32"),
        correct=2,
        settings={"layer": 17},
        answer=(
            "32: four poolings with stride 2 stand before it, so that neighbouring units are 2⁴ = 16 cells apart, and two more taps "
            "reach 2 · 16 cells farther. The pooling itself adds only one jump. Watch the gold line and the blue one."
        ),
    ),
    kit.Scenario(
        name="Dilation 1, 2, 4, 8",
        question="Four 3 × 3 convolutions with dilations 1, 2, 4 and 8, without pooling. How large is the field?",
        predictions=("9 × 9", "16 × 16", "31 × 31"),
        correct=2,
        settings={"network": "Dilated stack", "size": 64, "layer": 4},
        answer=(
            "31 × 31: 1 + 2 · (1 + 2 + 4 + 8), and all of its 961 cells reach the unit. Without dilation that takes 15 layers. "
            "With dilations 2, 2, 2 instead, cells between the taps would be left out: paste it and see the gaps."
        ),
    ),
    kit.Scenario(
        name="In the corner",
        question="How much of its field is padding for the corner unit of VGG-16's last pooling, at 224 × 224?",
        predictions=("About a tenth", "About a third", "About two thirds"),
        correct=2,
        settings={"layer": 18, "row": 0.0, "column": 0.0},
        answer=(
            "67 %: its field is 212 cells wide and begins 90 cells outside of the picture on both sides, so that it sees "
            "122² of 212² cells. Even the unit in the middle of the 7 × 7 has a field that is nearly the whole picture."
        ),
    ),
    kit.Scenario(
        name="What really counts",
        question="Twenty 3 × 3 convolutions have a field of 41 × 41. How wide is the part that really counts?",
        predictions=("About 41 cells", "About 27 cells", "About 13 cells"),
        correct=2,
        settings={"network": OWN, "code": stacked(20, kernel_size=3, channels=16), "size": 64, "layer": 20},
        answer=(
            "12.7 cells, √(20 · 8 + 1): the squared gradient spreads like a random walk, as √n, while the field grows as n. That is 31 % "
            "of its width and 10 % of its area. At layer 5 it was 58 % of the width. (Luo et al. print 22.7 for such networks: the side of a square "
            "of all cells whose gradient is above 4.55 % of the largest, where 12.7 is an even window that spreads as far.) See *Effective field*."
        ),
    ),
)

READING: Final = """\
**Click** a place in the picture, or a unit of the feature map, to look from there. The outline is the field by the formula,
tinted are the cells that really reach the unit, and the glow is how strongly; dashed is the effective field. Dots are the
units of the layer, where there are few. The slider above the picture goes through all layers; sentences, feature map and
tabs are about the layer of the sidebar.
"""

MATHEMATICS: Final = r"""
Layer $l$ has windows of $k_l$ taps, $d_l$ apart, and stride $s_l$. Along each axis the field $r_l$, the jump $j_l$ and the first cell of the first
unit's field are, from $r_0 = j_0 = 1$ and $\text{start}_0 = 0$ and with padding $p_l$,

$$r_l = r_{l-1} + d_l (k_l - 1)\, j_{l-1}, \qquad j_l = s_l\, j_{l-1}, \qquad \text{start}_l = \text{start}_{l-1} - p_l\, j_{l-1}.$$

Unit $u$ sees cells from $\text{start}_l + u\, j_l$ on. Its own stride does not enlarge a layer's field, those before it do; and dilation belongs into the
size of the window. After a linear layer every unit sees everything.

**Measured.** A cell belongs to the field if the gradient of the unit with respect to it is not zero. Real weights could cancel, ReLU could hide
it and a maximum takes one cell: so weights are 1, activations are left out, and maxima are means.

**Effective field.** With independent weights of mean zero the squared gradient of a unit is, on average, the distribution of a random walk from the unit
to the input: at each layer it goes to one of the taps, all with the same probability. Variances add up,

$$v_l = v_{l-1} + j_{l-1}^2\, d_l^2\, \frac{k_l^2 - 1}{12},$$

and the effective width is that of a window which counts evenly and has this variance, $\sqrt{12 v + 1}$: $k$ for one layer. For $n$ equal layers without
strides the field is $n (k - 1) + 1$ and the effective width $\sqrt{n (k^2 - 1) + 1}$, so that the share that counts falls as $1 / \sqrt n$.
(Luo et al. count the cells whose gradient is above 4.55 % of the largest. The gradient is the root of the walk, a Gaussian of variance $2 v$, so
that the side of a square of these cells is $\sqrt{4 \pi v \ln (1 / 0.0455)} = 6.23 \sqrt v$ instead of $3.46 \sqrt v$: larger by a factor, and falling alike.) At a residual block the walk
goes through the block or past it with the same probability, which is right for layers that keep the size of the gradient.
"""

REFERENCES: Final = (
    "A. Araujo, W. Norris and J. Sim, *Computing receptive fields of convolutional neural networks*, [Distill 2019](https://distill.pub/2019/computing-receptive-fields)",
    "W. Luo, Y. Li, R. Urtasun and R. Zemel, *Understanding the effective receptive field in deep convolutional neural networks*, [arXiv:1701.04128](https://arxiv.org/abs/1701.04128)",
    "V. Dumoulin and F. Visin, *A guide to convolution arithmetic for deep learning*, [arXiv:1603.07285](https://arxiv.org/abs/1603.07285)",
    "K. Simonyan and A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, [arXiv:1409.1556](https://arxiv.org/abs/1409.1556)",
    "F. Yu and V. Koltun, *Multi-scale context aggregation by dilated convolutions*, [arXiv:1511.07122](https://arxiv.org/abs/1511.07122)",
    "K. He, X. Zhang, S. Ren and J. Sun, *Deep residual learning for image recognition*, [arXiv:1512.03385](https://arxiv.org/abs/1512.03385)",
    "A. Zhang, Z. Lipton, M. Li and A. Smola, *Dive into Deep Learning*, [chapters 7 and 8](https://d2l.ai/chapter_convolutional-neural-networks/index.html)",
)
