"""What the architectures page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui.kit.scenarios import Scenario

SCENARIOS: Final = (
    Scenario(
        name="Where are the parameters?",
        question="VGG-16 has 13 convolutions and 3 linear layers, and 138 million parameters. Where are most of them?",
        predictions=(
            "In the 13 convolutions, which do the work",
            "In the three linear layers, about evenly",
            "In a single linear layer",
        ),
        correct=2,
        settings={"network": "VGG-16"},
        answer=(
            "The first linear layer alone has 74 %: 25,088 × 4,096 weights. It uses each of them once an image, which is 0.7 % of the work. The "
            "13 convolutions have 11 % of the parameters and do 99 % of the work."
        ),
    ),
    Scenario(
        name="Twice the side",
        question="AlexNet gets images of 448 × 448 instead of 224 × 224. How do parameters and multiply–accumulates change?",
        predictions=(
            "Parameters stay, the work becomes 4 times as much",
            "Both become 4 times as many",
            "It fails: the linear layers have fixed sizes",
        ),
        correct=0,
        settings={"network": "AlexNet", "size": 448},
        answer=(
            "61.1 million parameters as before, and 3.97 times the work: kernels are used at four times as many places. The linear layers work as "
            "before, since torchvision's AlexNet has adaptive pooling in front of them. AlexNet (d2l) has not, and fails."
        ),
    ),
    Scenario(
        name="A small image",
        question="AlexNet gets an image of 32 × 32 pixels. Where does it break?",
        predictions=(
            "At the second convolution, 5 × 5",
            "At the third max pooling, 3 × 3",
            "At the first linear layer",
        ),
        correct=1,
        settings={"network": "AlexNet", "size": 32},
        answer=(
            "The side shrinks from 32 to 7, 3 and 1, and a window of 3 × 3 does not fit into 1 × 1. The convolutions after the first have padding, so that "
            "they would go on for ever. AlexNet takes sides from 63 on."
        ),
    ),
    Scenario(
        name="No linear layer",
        question="NiN has no linear layer: a convolution makes one channel a class, and their means are the scores. How does it compare with AlexNet (d2l)?",
        predictions=(
            "Half the parameters, half the work",
            "A twentieth of the parameters, a twentieth of the work",
            "A twentieth of the parameters, most of the work",
        ),
        correct=2,
        settings={"network": "NiN"},
        answer=(
            "2.0 million parameters instead of 46.8, 23 times fewer, but 81 % of the multiply–accumulates. Linear layers have "
            "92 % of AlexNet's parameters and do 5 % of its work: see *Global average pooling*."
        ),
    ),
    Scenario(
        name="Half the width",
        question="Every layer of MobileNet gets half as many channels. How much of the work is left?",
        predictions=("A half", "About a quarter", "About an eighth"),
        correct=1,
        settings={"network": "MobileNet", "width": "0.5"},
        answer=(
            "26 %: 149 million multiply–accumulates instead of 569. A 1 × 1 convolution has half the inputs and half the outputs. Of the parameters "
            "31 % are left, because the classes stay 1,000."
        ),
    ),
)

READING: Final = (
    "A stage is a convolution, a linear layer, a pooling or the like, with the activations and normalizations behind it. Top: rows of its output, which "
    "are also its columns; the axis is a square root, so that the height of a bar is the root of the side. Below: channels, or features once the "
    "output is flat, on a logarithmic axis; then the stage's share of the network's parameters, of its multiply–accumulates, and of the memory of all outputs. "
    "The slider above the picture goes from stage to stage."
)

MATHEMATICS: Final = r"""
**Shape.** A window of $k$ taps, $d$ apart, that moves by $s$ over $n$ cells with $p$ cells of padding on each side gives

$$n' = \left\lfloor \frac{n + 2p - d\,(k - 1) - 1}{s} \right\rfloor + 1 .$$

**Convolution.** $c$ channels in, $c'$ out, $g$ groups, a $k \times k$ kernel, an output of $h' \times w'$. Each weight is used at every place:

$$\text{parameters} = \frac{c}{g}\, c' k^2 + c', \qquad \text{MACs} = \frac{c}{g}\, c' k^2 \, h' w' .$$

**Linear.** $m$ features in, $m'$ out. Each weight is used once:

$$\text{parameters} = m m' + m', \qquad \text{MACs} = m m' .$$

After a feature map of $c \times h \times w$ cells, $m = c h w$: the square of the side is in the parameters. Global average pooling makes it $m = c$.

**Depthwise and pointwise.** $g = c$ filters each channel by itself, and a $1 \times 1$ convolution mixes them. Together they need, of the work of a full
convolution,

$$\frac{c k^2 + c c'}{c c' k^2} = \frac{1}{c'} + \frac{1}{k^2}, \quad \text{about } \tfrac19 \text{ for } k = 3 .$$

**Width.** $\alpha$ times the channels everywhere means $\alpha^2$ times the weights and the work of each layer between two such; of the first and the
last layer, and of depthwise ones, only $\alpha$ times. Twice the side of the input means about $4$ times the work, and the same parameters.

A multiply–accumulate is one multiplication and one addition, two floating-point operations. Biases, activations, pooling and normalization are not
counted as work, as is usual. Memory is that of the outputs of all layers in float32, for one image.
"""

REFERENCES: Final = (
    "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, *Gradient-based learning applied to document recognition*, Proceedings of the IEEE 1998 (LeNet-5)",
    "A. Krizhevsky, I. Sutskever and G. Hinton, *ImageNet classification with deep convolutional neural networks*, NeurIPS 2012 (AlexNet)",
    "K. Simonyan and A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, [arXiv:1409.1556](https://arxiv.org/abs/1409.1556) (VGG)",
    "M. Lin, Q. Chen and S. Yan, *Network in network*, [arXiv:1312.4400](https://arxiv.org/abs/1312.4400) (NiN, global average pooling)",
    "K. He, X. Zhang, S. Ren and J. Sun, *Deep residual learning for image recognition*, [arXiv:1512.03385](https://arxiv.org/abs/1512.03385)",
    "A. Howard et al., *MobileNets*, [arXiv:1704.04861](https://arxiv.org/abs/1704.04861): depthwise convolutions, and the width α",
    "A. Zhang, Z. C. Lipton, M. Li and A. J. Smola, [*Dive into Deep Learning*](https://d2l.ai/chapter_convolutional-modern/index.html), modern convolutional neural networks",
    "[torchvision's models](https://docs.pytorch.org/vision/stable/models.html), with their counts of parameters and operations",
)
