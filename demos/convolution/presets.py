"""Known networks as PyTorch code, to be read by the same parser as a reader's own.

The layout is that of the source named with each: d2l's networks have one grey channel and ten classes, torchvision's
three and a thousand. torchvision's ResNet-50 puts a stage's stride on the 3 × 3 convolution, the original on the first
1 × 1, which makes the last field 483 cells instead of 427.

References: Zhang et al., Dive into Deep Learning, https://d2l.ai; https://docs.pytorch.org/vision/stable/models.html;
He et al., https://arxiv.org/abs/1512.03385; Howard et al., https://arxiv.org/abs/1704.04861
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple


class Preset(NamedTuple):
    """A network and the input that it was made for."""

    code: str
    input_shape: tuple[int, int, int]  # channels, rows, columns
    source: str  # whose layout it is


def _sequential(*parts: str) -> str:
    return f"nn.Sequential(\n{textwrap.indent(chr(10).join(parts), '    ')}\n)"


def _classifier(*, flat: str, dropout_first: bool, classes: int) -> str:
    """AlexNet's and VGG's three linear layers."""
    hidden = [f"nn.Linear({flat}, 4096), nn.ReLU(),", "nn.Linear(4096, 4096), nn.ReLU(),"]
    dropped = [f"nn.Dropout(0.5), {line}" if dropout_first else f"{line} nn.Dropout(0.5)," for line in hidden]
    return "\n".join(["nn.Flatten(),", *dropped, f"nn.Linear(4096, {classes}),"])


LENET: Final = _sequential(
    "nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(),",
    "nn.AvgPool2d(kernel_size=2, stride=2),",
    "nn.Conv2d(6, 16, kernel_size=5), nn.Sigmoid(),",
    "nn.AvgPool2d(kernel_size=2, stride=2),",
    "nn.Flatten(),",
    "nn.Linear(16 * 5 * 5, 120), nn.Sigmoid(),",
    "nn.Linear(120, 84), nn.Sigmoid(),",
    "nn.Linear(84, 10),",
)

ALEXNET_D2L: Final = _sequential(
    "nn.Conv2d(1, 96, kernel_size=11, stride=4, padding=1), nn.ReLU(),",
    "nn.MaxPool2d(kernel_size=3, stride=2),",
    "nn.Conv2d(96, 256, kernel_size=5, padding=2), nn.ReLU(),",
    "nn.MaxPool2d(kernel_size=3, stride=2),",
    "nn.Conv2d(256, 384, kernel_size=3, padding=1), nn.ReLU(),",
    "nn.Conv2d(384, 384, kernel_size=3, padding=1), nn.ReLU(),",
    "nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(),",
    "nn.MaxPool2d(kernel_size=3, stride=2),",
    _classifier(flat="256 * 5 * 5", dropout_first=False, classes=10),
)

ALEXNET_TORCHVISION: Final = _sequential(
    "nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2), nn.ReLU(),",
    "nn.MaxPool2d(kernel_size=3, stride=2),",
    "nn.Conv2d(64, 192, kernel_size=5, padding=2), nn.ReLU(),",
    "nn.MaxPool2d(kernel_size=3, stride=2),",
    "nn.Conv2d(192, 384, kernel_size=3, padding=1), nn.ReLU(),",
    "nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(),",
    "nn.Conv2d(256, 256, kernel_size=3, padding=1), nn.ReLU(),",
    "nn.MaxPool2d(kernel_size=3, stride=2),",
    "nn.AdaptiveAvgPool2d((6, 6)),",
    _classifier(flat="256 * 6 * 6", dropout_first=True, classes=1000),
)


def _vgg(*repeats: int) -> str:
    """VGG with so many convolutions in each of the five blocks."""
    lines, channels = [], 3
    for count, out in zip(repeats, (64, 128, 256, 512, 512), strict=True):
        for _ in range(count):
            lines.append(f"nn.Conv2d({channels}, {out}, kernel_size=3, padding=1), nn.ReLU(),")
            channels = out
        lines.append("nn.MaxPool2d(kernel_size=2, stride=2),")
    dense = _classifier(flat="512 * 7 * 7", dropout_first=False, classes=1000)
    return _sequential(*lines, "nn.AdaptiveAvgPool2d((7, 7)),", dense)


def _nin(*blocks: tuple[int, int, str]) -> str:
    """Network in network: each block is a convolution and two of 1 × 1."""
    lines: list[str] = []
    for channels, out, rest in blocks:
        lines += [
            *(["nn.MaxPool2d(kernel_size=3, stride=2),"] if lines else []),
            *(["nn.Dropout(0.5),"] if (channels, out, rest) == blocks[-1] else []),
            f"nn.Conv2d({channels}, {out}, {rest}), nn.ReLU(),",
            *[f"nn.Conv2d({out}, {out}, kernel_size=1), nn.ReLU()," for _ in range(2)],
        ]
    return _sequential(*lines, "nn.AdaptiveAvgPool2d((1, 1)),", "nn.Flatten(),")


def _dilated(*dilations: int) -> str:
    channels = [3, *[32] * len(dilations)]
    return _sequential(
        *(
            f"nn.Conv2d({before}, 32, kernel_size=3, padding={each}, dilation={each}), nn.ReLU(),"
            for before, each in zip(channels, dilations, strict=False)
        )
    )


STEM: Final = (
    "nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),\n"
    "nn.MaxPool2d(kernel_size=3, stride=2, padding=1),"
)


def _normed(channels: int, out: int, *, kernel_size: int, stride: int, groups: int = 1) -> str:
    """A convolution without bias, and its batch normalization."""
    arguments = [f"{channels}, {out}, {kernel_size}"]
    arguments += [f"stride={stride}"] if stride > 1 else []
    arguments += [f"padding={kernel_size // 2}"] if kernel_size > 1 else []
    arguments += [f"groups={groups}"] if groups > 1 else []
    return f"nn.Conv2d({', '.join(arguments)}, bias=False), nn.BatchNorm2d({out}),"


def _residual(body: Sequence[str], *, channels: int, out: int, stride: int) -> str:
    """Two or three normed convolutions with a skip connection, projected where the shape changes."""
    lines = [f"{line} nn.ReLU()," for line in body[:-1]] + [body[-1]]
    if stride > 1 or channels != out:
        lines.append(f"shortcut=nn.Sequential({_normed(channels, out, kernel_size=1, stride=stride)[:-1]}),")
    return f"Residual(\n{textwrap.indent(chr(10).join(lines), '    ')}\n), nn.ReLU(),"


def _resnet18() -> str:
    blocks, channels = [], 64
    for stage, out in enumerate((64, 128, 256, 512)):
        for place in range(2):
            stride = 2 if stage > 0 and place == 0 else 1
            body = [_normed(channels, out, kernel_size=3, stride=stride), _normed(out, out, kernel_size=3, stride=1)]
            blocks.append(_residual(body, channels=channels, out=out, stride=stride))
            channels = out
    return _sequential(STEM, *blocks, "nn.AdaptiveAvgPool2d((1, 1)),", "nn.Flatten(),", "nn.Linear(512, 1000),")


def _resnet50(*, stride_on: int) -> str:
    """ResNet-50 with the stride of a stage on the first convolution of its first block (0) or on the second (1)."""
    blocks, channels = [], 64
    for stage, (width, repeats) in enumerate(zip((64, 128, 256, 512), (3, 4, 6, 3), strict=True)):
        for place in range(repeats):
            stride = 2 if stage > 0 and place == 0 else 1
            strides = [stride if each == stride_on else 1 for each in range(2)]
            out = 4 * width
            body = [
                _normed(channels, width, kernel_size=1, stride=strides[0]),
                _normed(width, width, kernel_size=3, stride=strides[1]),
                _normed(width, out, kernel_size=1, stride=1),
            ]
            blocks.append(_residual(body, channels=channels, out=out, stride=stride))
            channels = out
    return _sequential(STEM, *blocks, "nn.AdaptiveAvgPool2d((1, 1)),", "nn.Flatten(),", "nn.Linear(2048, 1000),")


def _mobilenet() -> str:
    """Depthwise 3 × 3 and pointwise 1 × 1 convolutions in turn."""
    lines, channels = [f"{_normed(3, 32, kernel_size=3, stride=2)} nn.ReLU(),"], 32
    for out, stride in zip(
        (64, 128, 128, 256, 256, *[512] * 6, 1024, 1024), (1, 2, 1, 2, 1, 2, *[1] * 5, 2, 1), strict=True
    ):
        lines += [
            f"{_normed(channels, channels, kernel_size=3, stride=stride, groups=channels)} nn.ReLU(),",
            f"{_normed(channels, out, kernel_size=1, stride=1)} nn.ReLU(),",
        ]
        channels = out
    return _sequential(*lines, "nn.AdaptiveAvgPool2d((1, 1)),", "nn.Flatten(),", "nn.Linear(1024, 1000),")


PHOTO: Final = (3, 224, 224)
GREY: Final = (1, 224, 224)

NETWORKS: Final[Mapping[str, Preset]] = {
    "LeNet-5": Preset(LENET, (1, 28, 28), "d2l"),
    "AlexNet (d2l)": Preset(ALEXNET_D2L, GREY, "d2l"),
    "AlexNet": Preset(ALEXNET_TORCHVISION, PHOTO, "torchvision"),
    "VGG-11": Preset(_vgg(1, 1, 2, 2, 2), PHOTO, "torchvision"),
    "VGG-13": Preset(_vgg(2, 2, 2, 2, 2), PHOTO, "torchvision"),
    "VGG-16": Preset(_vgg(2, 2, 3, 3, 3), PHOTO, "torchvision"),
    "VGG-19": Preset(_vgg(2, 2, 4, 4, 4), PHOTO, "torchvision"),
    "NiN": Preset(
        _nin(
            (1, 96, "kernel_size=11, stride=4"),
            (96, 256, "kernel_size=5, padding=2"),
            (256, 384, "kernel_size=3, padding=1"),
            (384, 10, "kernel_size=3, padding=1"),
        ),
        GREY,
        "d2l",
    ),
    "Dilated stack": Preset(_dilated(1, 2, 4, 8), (3, 64, 64), "after Yu and Koltun"),
    "ResNet-18": Preset(_resnet18(), PHOTO, "torchvision, which is the original here"),
    "ResNet-50": Preset(_resnet50(stride_on=1), PHOTO, "torchvision: the stride is on the 3 × 3 convolution"),
    "ResNet-50 (original)": Preset(_resnet50(stride_on=0), PHOTO, "He et al.: the stride is on the first 1 × 1"),
    "MobileNet": Preset(_mobilenet(), PHOTO, "Howard et al., version 1"),
}
