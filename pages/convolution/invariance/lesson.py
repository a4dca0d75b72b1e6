"""What the invariance page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui import kit

SCENARIOS: Final = (
    kit.Scenario(
        name="Back after four pixels",
        question="Convolutions that skip every second place, twice, and a mean over all places. All test digits move to the right by 1 to 4 "
        "pixels, and no ink leaves the picture. When is the accuracy lowest?",
        predictions=(
            "Nowhere: convolutions do not mind shifts",
            "At 4: the farther, the worse",
            "At 2, and at 4 it is nearly back",
        ),
        correct=2,
        settings={"change": "move", "downsampling": "strided convolution"},
        answer=(
            "92 % in place; moved by 1, 2, 3 and 4 pixels 68, 46, 55 and 90 % (means over 20 seeds). Nothing of the digit has gone: the lattice "
            "of places that are kept lies otherwise on it. After 4 pixels, the total stride, it lies as before. *Train this network* and see; "
            "*Layer by layer* has the law."
        ),
    ),
    kit.Scenario(
        name="Blur before you skip",
        question="With max pooling, two copies of a digit, moved at random by up to 4 pixels, get the same answer 64 % of the time. What if the maximum "
        "is taken at every place, blurred by [1 2 1], and only then every second place is kept?",
        predictions=("About as often: a blur throws information away", "About 90 %", "Always"),
        correct=1,
        settings={"change": "move", "downsampling": "blurred pooling"},
        answer=(
            "89 % (mean over 20 seeds, 81 to 93), and the accuracy in place does not suffer: 97 % against 96 %. What is finer than the new lattice cannot be "
            "kept by it, and the blur takes that out first. Always would take no downsampling at all and a circular border (*Padding*): "
            "then the answer is the same at every place, in every seed, and training takes several times as long."
        ),
    ),
    kit.Scenario(
        name="Flatten learns the place",
        question="Max pooling, and a head with a weight for every place instead of the mean. 96 % of the digits are right where they were trained. "
        "And 4 pixels farther, the total stride?",
        predictions=("About 96 %: 4 is the total stride", "About 60 %", "About 20 %"),
        correct=2,
        settings={"change": "move", "head": "flatten"},
        answer=(
            "22 % (mean over 20 seeds, 6 to 40), where global average pooling has 95 %. The maps have moved along by exactly one place, and the head has "
            "learned what is where. Trained on moved digits (*Augmentation*, 300 steps) it gets 94 % there; the dense network, which sees the "
            "same pictures, 67 %: it has to learn every stroke anew at every place."
        ),
    ),
    kit.Scenario(
        name="It turns as far as it was shown",
        question="A network has been trained on digits that are turned at random by up to 45° to either side. How many are right when turned by 90°?",
        predictions=("About 90 %: it has learned to turn", "About half", "About as many as by guessing"),
        correct=2,
        settings={"change": "turn", "augmentation": "rotations ±45°", "steps": 300},
        answer=(
            "10 % (mean over 20 seeds), which is guessing, though at 30° it is 93 % instead of 36 %. Augmentation teaches what it shows, and "
            "little follows for what lies far beyond."
        ),
    ),
    kit.Scenario(
        name="A six is a nine",
        question="Trained on digits in any rotation, a network is about equally good at every angle. What does it make of 6 and 9 where they stand upright, "
        "of which the plain network has 96 % right?",
        predictions=("About 96 %: upright is one of the angles", "About 63 %", "More: it has seen more of them"),
        correct=1,
        settings={"change": "turn", "augmentation": "any rotation", "steps": 300},
        answer=(
            "63 % (mean over 20 seeds, 38 to 77), little more than a coin between the two. Turned by 180° a 6 is a 9: the plain network calls 93 % of them so, and is right. "
            "Augmentation is a claim about the labels, that they stay the same; here it is false. Over all digits it costs 17 points upright."
        ),
    ),
)

READING: Final = """\
The large digit is the frame under the slider; the film beside it has all frames, and under each what the network says
(bold where it is right). The columns are the probabilities of the ten digits, that of the right one at the bottom. The
line, once the network is trained, is the share of all 360 test digits that is right under this change. Digits are made
of 12 × 12 pixels in the middle of 20 × 20, so that 4 pixels to each side are free: a move beyond them loses ink.
"""

MATHEMATICS: Final = r"""
A map $f$ is **equivariant** to $T$ if $f(Tx) = T f(x)$, and **invariant** if $f(Tx) = f(x)$. A convolution is a sum over places,
$(w * x)_i = \sum_k w_k\, x_{i+k}$: with $T$ a shift and a circular border it is equivariant exactly, and so is whatever acts on each place alone: ReLU,
and batch normalization in evaluation mode, where its statistics are fixed. A mean over all places of an equivariant map is invariant.

**Stride.** Keeping every $s$-th place, $(D_s x)_i = x_{s i}$, commutes with shifts by multiples of $s$ only: $D_s T^{s} = T D_s$. Two halvings have the total stride $4$.
For other shifts $T$ moves the smaller map by a part of a cell, by the Fourier shift theorem; the error that remains is aliasing. Max pooling is a maximum
at every place, which is equivariant, and then $D_2$. Blurred pooling puts a low-pass between: $D_2\, B\, \max$, with the binomial $B = [1\;2\;1]/4$ along both axes.
It stands behind the ReLU: before it, the ReLU would make new edges.

**Borders.** With zeros around the picture a layer can tell where the border is, so that nothing is exact any more; as long as the ink stays away from the
border, the differences are small. Shifts that are called invariant to 100 % are circular ones, with circular padding.

**Turns and sizes.** For them no layer here is equivariant. `transform` samples the picture: the pixel at $p$ comes from $A^{-1}(p - t)$, with $A$ turn and size and $t$ the move.
Quarter turns and moves by whole pixels exchange pixels and are exact; all else blurs a little.

**Consistency** (Zhang) is the share of test digits of which two copies, moved at random, get the same answer, right or wrong.
"""

REFERENCES: Final = (
    (
        "R. Zhang, *Making convolutional networks shift-invariant again*, 2019, [arXiv:1904.11486](https://arxiv.org/abs/1904.11486): blurred pooling, "
        "and the signal of the tab *Aliasing* (its figure 3)"
    ),
    (
        "A. Azulay and Y. Weiss, *Why do deep convolutional networks generalize so poorly to small image transformations?*, 2019, "
        "[arXiv:1805.12177](https://arxiv.org/abs/1805.12177)"
    ),
    "A. Chaman and I. Dokmanić, *Truly shift-invariant convolutional neural networks*, 2021, [arXiv:2011.14214](https://arxiv.org/abs/2011.14214): exact for circular shifts",
    "M. Lin, Q. Chen and S. Yan, *Network in network*, 2014, [arXiv:1312.4400](https://arxiv.org/abs/1312.4400): global average pooling",
    "M. Jaderberg et al., *Spatial transformer networks*, 2015, [arXiv:1506.02025](https://arxiv.org/abs/1506.02025): the sampling behind `affine_grid` and `grid_sample`",
    "The digits: E. Alpaydin and C. Kaynak, [Optical recognition of handwritten digits](https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits), 8 × 8 pixels",
)
