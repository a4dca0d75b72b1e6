"""What people type and copy, without its typography, its layout, and what stands before the formula."""

import re
from collections.abc import Sequence
from typing import Final

HIGH: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣʸ⁽⁾", "0123456789+-xy()")
LOW: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₓ", "0123456789x")
TYPOGRAPHY: Final = str.maketrans(
    {
        **dict.fromkeys("−–—‒﹣－", "-"),
        **dict.fromkeys("·⋅×∗∙•✕＊", "*"),
        **dict.fromkeys("÷∕⁄／", "/"),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\u2061\u2062\ufeff", ""),
        **dict.fromkeys("\u00a0\u2009\u202f\t\r\n", " "),
        "≤": "<=",
        "≥": ">=",
        "∣": "|",
        "＋": "+",
        "（": "(",
        "）": ")",
        "，": ",",
        "＾": "^",
        "｜": "|",
        "½": "(1/2)",
        "¼": "(1/4)",
        "¾": "(3/4)",
        "⅓": "(1/3)",
        "⅔": "(2/3)",
        "ℯ": "e",
        "𝑒": "e",
        "∧": "^",
    }
)
LAYOUT: Final = re.compile(  # of LaTeX, without a meaning
    r"\\(left|right|big|Big|bigl|bigr|Bigl|Bigr|displaystyle|quad|qquad|limits)(?![A-Za-z])|\\[,;:! \[\]()]|[&$]"
)
PRODUCT: Final = re.compile(r"\\(cdot|times|ast)(?![A-Za-z])")
CASES: Final = re.compile(r"\\begin\s*\{cases\}(.*?)\\end\s*\{cases\}", re.DOTALL)
OTHERWISE: Final = re.compile(r"\\(text|mathrm|textrm)\s*\{[^{}]*\}|\b(if|for|falls|sonst|otherwise|else)\b")
PLAIN: Final = re.compile(r"\\(mathrm|operatorname|text|mathit|mathbf|boldsymbol|textrm)\s*\{\s*([A-Za-z]+)\s*\}")
HEAD: Final = re.compile(r"\s*(?:\\?[A-Za-zα-ωΑ-Ω]\w*|\\mathcal\{\w\})\s*(?:[(\[]([^()\[\]]*)[)\]])?\s*:?=(?!=)")
PYTHON: Final = re.compile(
    r"\s*return\b|\s*(?:\w+\s*=\s*)?(?:lambda\s+([\w\s,]+):|def\s+\w+\(([\w\s,]*)\)\s*:\s*return\b)"
)


def tidied(text: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """A formula in letters of a keyboard, and the variables that a heading such as f(w, b) = gives it.

    Raises:
        ValueError: it is an equation, or has something in it that no formula has.
    """
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", text):
        raise ValueError("The formula contains something that cannot be read.")
    text = CASES.sub(lambda found: _chosen(found[1]), re.sub(r"\\(g|l)eq?(?![A-Za-z])", _compared, text))
    if "\\begin" in text:
        raise ValueError("Cases are written as where(x > 0, a, b), or as a if x > 0 else b.")
    raised = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ˣʸ⁽⁾]+", lambda found: f"^({found[0].translate(HIGH)})", text)
    plain = raised.translate(LOW).translate(TYPOGRAPHY).replace("√", " sqrtof ").replace("π", " pi ")
    plain = LAYOUT.sub(" ", PLAIN.sub(r"\\\2", plain)).strip().rstrip(";.").strip()
    plain = PRODUCT.sub("*", re.sub(r"\\[lr]?[vV]ert(?![A-Za-z])|\\\|", "|", plain)).replace("\\div", "/")
    plain = re.sub(r"\.(?=[*/^])", "", plain)  # MATLAB's x.^2
    header: list[str] = []
    found = PYTHON.match(plain) or HEAD.match(plain)
    if found:
        header = re.findall(
            r"\w+", next((each for each in found.groups() if each), "").replace("{", "").replace("}", "")
        )
        plain = plain[found.end() :]
    if re.search(r"(?<![=<>!:])=(?!=)", plain) or re.fullmatch(rf"\s*{names[0]}\s*=", found[0] if found else ""):
        raise ValueError("An equation is no formula: write what stands on one side of =.")
    return plain, header


def _compared(found: re.Match[str]) -> str:
    return ">=" if found[1] == "g" else "<="


def _chosen(cases: str) -> str:
    """The cases of LaTeX, value & condition in each row, as `where` inside of `where`."""
    rows = [row.partition("&")[::2] for row in re.split(r"\\\\(?:\[[^\]]*\])?", cases) if row.strip()]
    chosen = rows[-1][0].strip(" ,\n") if rows else ""
    for value, condition in reversed(rows[:-1]):
        chosen = f"where({OTHERWISE.sub(' ', condition).strip(' ,.')}, {value.strip(' ,')}, {chosen})"
    return f"({chosen})"
