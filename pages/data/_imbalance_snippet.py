"""The view of the imbalance page as Python that a reader can run, and what it prints."""

from typing import Final

from pages.data._imbalance_controls import DEFAULTS, OWN, Controls
from pages.data._imbalance_run import Run

TEMPLATE: Final = """\
from demos.data.class_imbalance import judged, make_data
from demos.data.samples import split

{data}
parts = split(sample, seed={seed})
for method in {methods}:
    found = judged(parts, method, classifier={classifier!r}, ratio={target}, k_neighbors={k_neighbors}, seed={seed})
    print(method, found.refusal or " ".join(f"{{key}}={{value:.4g}}" for key, value in found.scores._asdict().items()))
"""
MADE: Final = """\
sample = make_data(
    shape={shape!r}, rows={rows}, ratio={ratio}, overlap={overlap}, label_noise={label_noise}, seed={seed}
)"""
READ: Final = """\
from pathlib import Path

from demos.data.own_table import read_table

sample = read_table(Path("your.csv").read_text(encoding="utf-8")).sample"""


def snippet(controls: Controls) -> str:
    """Both methods, with every argument written out."""
    made = MADE.format(
        shape=DEFAULTS["data"] if controls.data == OWN else controls.data,
        rows=controls.rows,
        ratio=controls.ratio,
        overlap=controls.overlap,
        label_noise=controls.label_noise,
        seed=controls.seed,
    )
    return TEMPLATE.format(
        data=made if controls.own is None else READ,
        methods=tuple(controls.methods.values()),
        classifier=controls.classifier,
        target=controls.target,
        k_neighbors=controls.k_neighbors,
        seed=controls.seed,
    )


def printed(controls: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    lines = []
    for side, each in result.outcomes.items():
        said = each if isinstance(each, str) else " ".join(f"{k}={v:.4g}" for k, v in each.scores._asdict().items())
        lines.append(f"{controls.methods[side]} {said}")
    return "\n".join(lines)
