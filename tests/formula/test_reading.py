"""What people type and copy is the formula that they mean, or it is refused for a reason."""

import math
from typing import Any

import numpy as np
import pytest

from demos.formula import read
from demos.optimization.surfaces import parse

PYTHON: dict[str, Any] = {name: value for name, value in vars(math).items() if name[0] != "_"} | {"np": np}
MEANT = [  # as it is typed, and as Python has it
    ("x^2 + y^2", "x ** 2 + y ** 2"),
    ("2x + y**2", "2 * x + y ** 2"),
    ("3(x+1)(y-2)", "3 * (x + 1) * (y - 2)"),
    ("sin(x)cos(y)", "sin(x) * cos(y)"),
    ("x² + 3y²", "x * x + 3 * y * y"),
    ("x**2 − y**2", "x * x - y * y"),
    ("2·x × y ÷ 3", "2 * x * y / 3"),
    ("π x", "pi * x"),
    ("|x| + |y|", "abs(x) + abs(y)"),
    ("ln(1+x^2)", "log(1 + x * x)"),
    ("log10(x^2)", "log10(x * x)"),
    ("log(x^2, 10)", "log10(x * x)"),
    ("pow(x,2)", "x * x"),
    ("np.sin(x)", "sin(x)"),
    ("math.sin(x)+torch.sin(y)+numpy.exp(x)", "sin(x) + sin(y) + exp(x)"),
    ("max(x,y)", "max(x, y)"),
    ("min(x, y)", "min(x, y)"),
    ("sign(x)", "np.sign(x)"),
    ("floor(x)", "np.floor(x)"),
    ("arctan(x)", "atan(x)"),
    ("sinh(x)", "sinh(x)"),
    ("atan2(y, x)", "atan2(y, x)"),
    ("sigmoid(x)", "1 / (1 + exp(-x))"),
    ("relu(x)", "max(x, 0)"),
    ("softplus(x)", "log(1 + exp(x))"),
    ("erf(x)", "erf(x)"),
    ("X**2 + Y**2", "x * x + y * y"),
    ("x1**2 + 2x2**2", "x * x + 2 * y * y"),
    ("2*x_2^2 + x_1^2", "x * x + 2 * y * y"),
    ("w^2 + 3 b", "x * x + 3 * y"),
    ("f(x,y) = x^2 + y^2", "x * x + y * y"),
    ("z = x^2 + y^2", "x * x + y * y"),
    ("x^2 + y^2;", "x * x + y * y"),
    ("x^2\n+ y^2", "x * x + y * y"),
    (r"\frac{x^2}{2} + \sin(y)", "x * x / 2 + sin(y)"),
    ("x^{2}", "x * x"),
    (r"2 \cdot x", "2 * x"),
    (r"\sqrt{x^2+1}", "sqrt(x * x + 1)"),
    (r"$\frac12 x^2 + \frac{1}{2}y^2$", "x * x / 2 + y * y / 2"),
    ("e^{-x^2 - y^2}", "exp(-x * x - y * y)"),
    (r"\exp\left(-\frac{x^2+y^2}{2}\right)", "exp(-(x * x + y * y) / 2)"),
    (r"\left(x - 1\right)^2 + 100\left(y - x^2\right)^2", "(x - 1) ** 2 + 100 * (y - x * x) ** 2"),
    (r"\sin^2 x + \cos^{2}(y)", "sin(x) ** 2 + cos(y) ** 2"),
    ("sin^2(x)", "sin(x) ** 2"),
    ("sin²x", "sin(x) ** 2"),
    ("sin x cos y", "sin(x) * cos(y)"),
    ("2 sin x", "2 * sin(x)"),
    ("sin 2x", "sin(2 * x)"),
    ("sin 2 pi x", "sin(2 * pi * x)"),
    (r"\lvert x \rvert + |y|", "abs(x) + abs(y)"),
    ("||x| - 1|", "abs(abs(x) - 1)"),
    ("2|x|y", "2 * abs(x) * y"),
    ("|x||y|", "abs(x) * abs(y)"),
    ("xy", "x * y"),
    ("x(y+1)", "x * (y + 1)"),
    ("xsin(y)", "x * sin(y)"),
    ("1/2x", "x / 2"),
    ("½x² + ½y²", "x * x / 2 + y * y / 2"),
    ("√(x^2+y^2)", "sqrt(x * x + y * y)"),
    ("√2 x", "sqrt(2) * x"),
    ("x⁴ − 3x²y + y²", "x ** 4 - 3 * x * x * y + y * y"),
    ("e^x", "exp(x)"),
    ("e^-x", "exp(-x)"),
    ("2^-x", "2 ** (-x)"),
    ("x^2y", "x * x * y"),
    ("lambda x, y: x**2 + y**2", "x * x + y * y"),
    ("f = lambda w, b: (w-1)**2 + b**2", "(x - 1) ** 2 + y * y"),
    ("def f(x, y): return x**2 + y**2", "x * x + y * y"),
    ("x[0]**2 + 3*x[1]**2", "x * x + 3 * y * y"),
    ("L(w, b) = (w - 1)^2 + b^2", "(x - 1) ** 2 + y * y"),
    (r"\theta_0^2 + 2\theta_1^2", "x * x + 2 * y * y"),
    ("θ₀² + 2θ₁²", "x * x + 2 * y * y"),
    (r"J(\theta_1, \theta_0) = \theta_0^2 + 2 \theta_1^2", "2 * x * x + y * y"),
    ("(1-x)^2+100(y-x^2)^2", "(1 - x) ** 2 + 100 * (y - x * x) ** 2"),
    ("x*exp(-x^2-y^2)", "x * exp(-x * x - y * y)"),
    ("where(x > 0, x, 0.1x)", "x if x > 0 else 0.1 * x"),
    ("x if x > 0 else 0.01*x", "x if x > 0 else 0.01 * x"),
    ("np.where(x>0, x**2, -x)", "x * x if x > 0 else -x"),
    ("np.maximum(0, x) + np.abs(y)", "max(0, x) + abs(y)"),
    ("F.relu(x) + torch.sigmoid(y)", "max(0, x) + 1 / (1 + exp(-y))"),
    ("Sin[x] + Cos[y]", "sin(x) + cos(y)"),
    ("[x+1]^2 + {y-1}^2", "(x + 1) ** 2 + (y - 1) ** 2"),
    (r"\log_2(x^2)", "log2(x * x)"),
    (r"\log_{10} (x^2)", "log10(x * x)"),
    (r"\ln(x^2)", "log(x * x)"),
    (r"\max\{x, y\}", "max(x, y)"),
    (r"\sqrt[3]{x}", "np.cbrt(x)"),
    ("x_{1}^{2} + x_{2}^{2}", "x * x + y * y"),
    ("x_1^2 + x_2^4", "x * x + y ** 4"),
    (r"\operatorname{ReLU}(x)", "max(0, x)"),
    (r"\mathrm{sigmoid}(x)", "1 / (1 + exp(-x))"),
    (r"\tanh(x)", "tanh(x)"),
    (r"\lfloor x \rfloor", "np.floor(x)"),
    (r"x \times y", "x * y"),
    (r"\[ x^2 + y^2 \]", "x * x + y * y"),
    (r"\arctan x", "atan(x)"),
    (r"\sin^{-1}(x/9)", "asin(x / 9)"),
    ("gelu(x)", "x * (1 + erf(x / sqrt(2))) / 2"),
    ("silu(x)", "x / (1 + exp(-x))"),
    ("clip(x, -1, 1)", "min(max(x, -1), 1)"),
    ("torch.clamp(x, -1, 1)", "min(max(x, -1), 1)"),
    ("hypot(x,y)", "hypot(x, y)"),
    ("x + z", "x + y"),
    ("t^2", "x * x"),
    ("u v", "x * y"),
    ("y^2", "y * y"),
    (
        "10 + x^2 - 10cos(2πx) + 10 + y^2 - 10cos(2πy)",
        "20 + x * x + y * y - 10 * cos(2 * pi * x) - 10 * cos(2 * pi * y)",
    ),
    (
        "-20exp(-0.2sqrt(0.5(x^2+y^2)))-exp(0.5(cos(2pi x)+cos(2pi y)))+e+20",
        "-20 * exp(-0.2 * sqrt(0.5 * (x * x + y * y))) - exp(0.5 * (cos(2 * pi * x) + cos(2 * pi * y))) + e + 20",
    ),
    ("(x^2+y-11)^2+(x+y^2-7)^2", "(x * x + y - 11) ** 2 + (x + y * y - 7) ** 2"),
    ("x.^2 + y.^2", "x * x + y * y"),
    ("2.5x^2+.5y^2", "2.5 * x * x + 0.5 * y * y"),
    ("1e-1x", "0.1 * x"),
    ("np.square(x) + y", "x ** 2 + y"),
    ("return x**2 + y**2", "x ** 2 + y ** 2"),
    (r"\begin{cases} x & \text{if } x > 0 \\ 0.1x & \text{otherwise} \end{cases}", "x if x > 0 else 0.1 * x"),
    (
        r"\begin{cases} x^2, & x \geq 1 \\ y, & x < -1 \\ 0 & \mathrm{else}\end{cases}",
        "x ** 2 if x >= 1 else y if x < -1 else 0",
    ),
    ("x^2+y^2 # bowl", "x * x + y * y"),
]


@pytest.mark.parametrize(("typed", "python"), MEANT)
def test_a_formula_means_what_its_writer_means(typed: str, python: str) -> None:
    surface = parse(typed)
    for x, y in ((0.7, -1.3), (1.9, 0.6), (-2.2, 1.1)):
        assert surface.value([x, y]) == pytest.approx(eval(python, PYTHON | {"x": x, "y": y}), rel=1e-9)  # noqa: S307


@pytest.mark.parametrize(
    ("typed", "latex"),
    [
        ("2x + y**2", r"2 x + y^{2}"),
        ("1/2x", r"\frac{x}{2}"),
        ("max(x, y)", r"\max\left(x, y\right)"),
        ("relu(x) + sigmoid(y)", r"\operatorname{ReLU}{\left(x \right)} + \sigma{\left(y \right)}"),
        ("floor(x)", r"\operatorname{floor}{\left(x \right)}"),
    ],
)
def test_what_was_understood_is_said_back(typed: str, latex: str) -> None:
    assert parse(typed).latex == latex


@pytest.mark.parametrize(
    ("typed", "remark"),
    [
        ("w^2 + b^2", "Here w is x, b is y."),
        ("2*x_2 + x_1", "Here x_1 is x, x_2 is y."),
        ("L(b, w) = w^2 + b", "Here b is x, w is y."),
        ("X + Y", "Here X is x, Y is y."),
        ("x + t", "Here t is y."),
        ("y + t", "Here t is x."),
        ("sign(x)", "Steps have the derivative 0 wherever they have one: descent sees them flat."),
    ],
)
def test_a_reader_is_told_what_he_might_not_expect(typed: str, remark: str) -> None:
    assert read(typed).remarks == (remark,)
    assert parse(typed).remarks == (remark,)


def test_what_everybody_expects_needs_no_word() -> None:
    assert read("2x + y^2").remarks == ()


def test_one_variable_may_have_any_name_and_two_are_too_many() -> None:
    assert str(read("u^2", names=("x",)).expression) == "x**2"
    with pytest.raises(ValueError, match="“x”, “y” are 2 variables: at most one can be drawn"):
        read("x*y", names=("x",))


REFUSED = [
    ("", "empty"),
    (" \n\t", "empty"),
    ("sin + 1", "“sin”"),
    ("2*x.real", "“x.real”"),
    ("x.__class__.__mro__", "x.__class__"),
    ("__import__('os').system('true')", "__import__"),
    ("(lambda: x)()", "lambda"),
    ("x == y", "“x == y”"),
    ("x and y", "“x and y”"),
    ("not x", "“not x”"),
    ("~x", "“~x”"),
    ("x % 2 + 1", "“x % 2”"),
    ("x // 2", "“x // 2”"),
    ("x @ y", "“x @ y”"),
    ("x << 2", "“x << 2”"),
    ("x, y", "“x, y”"),
    ("x + True", "“True”"),
    ("x + None", "“None”"),
    ("sin(x, y)", "“sin(x, y)”"),
    ("sin()", "“sin()”"),
    ("sin(**x)", "“sin(**x)”"),
    ("(yield)", "yield"),
    ("x +", "cannot be read at"),
    ("x; y", "cannot be read at “; y”"),
    ("1 + 1/0", "“1/0”"),
    ("x/(y - y)", "“x/(y - y)”"),
    ("0/0", "“0/0”"),
    ("x + 0**-1", "“0**-1”"),
    ("x + log(0)", "“log(0)”"),
    ("x*log(-1)", "“log(-1)”"),
    ("y + sqrt(-1)", "“sqrt(-1)”"),
    ("y + sqrt(-(x**2))", "“sqrt(-(x**2))”"),
    ("x*(-8)**0.5", "“(-8)**0.5”"),
    ("asin(2) + x", "“asin(2)”"),
    ("tan(pi/2)*x", "“tan(pi/2)”"),
    ("x + 9**9**9", "“9**9**9”"),
    ("x*10**101", "“10**101”"),
    ("x + 1e101", "“1e101”"),
    ("x + 1e999", "“1e999”"),
    ("x**101 + y", "“x**101”"),
    ("x**-101", "“x**-101”"),
    ("(1e30*x + y)**4", "“(1e30*x + y)**4”"),
    ("exp(exp(9))*x", "“exp(exp(9))”"),
    ("exp(1000) + y", "“exp(1000)”"),
    ("1e99*1e99 + x", "“1e99*1e99”"),
    ("x*1e99*1e99*1e99*1e99", "x*1e99"),
    ("x**x**x**x**x**x**x**x**x**x", "nested too deeply"),
    ("1 + 1/x", "divides by zero inside the frame, near (0, "),
    ("y/(x - 1.5)", "divides by zero inside the frame, near (1.5, "),
    ("tan(y)", "divides by zero inside the frame, near ("),
    ("abs(x)**(y - 4)", "divides by zero inside the frame, near (0, "),
    ("log(-1 - x**2)", "“log(-1 - x**2)” is not defined anywhere"),
    ("sqrt(x - 4)", "“sqrt(x - 4)” is not defined anywhere"),
    ("exp(exp(10 + x**2))", "“exp(exp(10 + x**2))” overflows everywhere"),
    ("(-2)**x", "(-2)**x"),
    ("foo(x) + 1", "“foo(…)” is not a known function"),
    ("lambda: x", "is not part of a formula"),
    ("x if y else 1", "“y” is not a comparison"),
    ("x | y", "a “|” is never closed"),
    ("(x + y", "a “(” is never closed"),
    ("x + ...", "cannot be read"),
    ("sin(*x)", "is not a call of sin with one argument"),
    ("sin(x=1)", "An equation"),
    ("x = 1", "An equation"),
    ("x^2 + y^2 = 1", "An equation"),
    ("await x", "cannot be read"),
    ("import os", "cannot be read"),
    ("f'{x}'", "cannot be read"),
    ("3,5*x", "“3,5” may be 3.5 or two numbers: write a point"),
    ("1 + (2,5)*x", "“2,5” may be 2.5"),
    ("a + b + c", "are 3 variables: at most 2 can be drawn"),
    ("x + y + z", "“x”, “y”, “z” are 3 variables"),
    ("f(a, b, c) = a + b + c", "are 3 variables"),
    ("wb", "a product of others needs its *"),
    ("2 3", "an operator is missing before it"),
    ("x!", "cannot be read at “!”"),
    ("sin + 1", "“sin” needs an argument: write sin(x)"),
    ("max(x)", "“max(x)” is not a call of max with 2 to 3 arguments"),
    ("clip(x)", "with 3 arguments"),
    ("x > 0", "it may stand in where(x > 0, a, b)"),
    (r"\begin{pmatrix} x \end{pmatrix}", "Cases are written as where(x > 0, a, b)"),
    (r"\frac{x}", "cannot be read to its end"),
    ("where(x, 1, 2)", "“x” is not a comparison"),
    ("log(x, 1)", "divides by zero"),
    ("[x for x in y]", "is not part of a formula"),
    ("1 + (z := x)", "is not part of a formula"),
    ("x**2 if x", "cannot be read"),
    ("acosh(0.5) + x", "not a real number"),
    ("relu(1e101)", "is too large"),
    ("sin(" * 30 + "x" + ")" * 30, "nested too deeply"),
    ("(" * 60 + "x" + ")" * 60, "nested too deeply"),
]


@pytest.mark.parametrize(("typed", "reason"), REFUSED)
def test_what_is_no_formula_is_refused_by_naming_the_offending_part(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"formula|“|Cases") as caught:
        parse(typed)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "typed", ["x\0", "\0", "\ud800", "(" * 200, "x" + ")" * 9, "'", '"""', "\\", "{", "|", "^", "√"]
)
def test_text_that_nobody_can_read_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="formula"):
        parse(typed)
