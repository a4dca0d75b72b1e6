"""The view of the imbalance page as Python that a reader can run, and what it prints."""

from typing import Final

from pages.data.class_imbalance.compute import Run
from pages.data.class_imbalance.controls import OWN, ROLE, Controls

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

from demos.data.samples import Sample
from ui.kit.tables import Classes, read

table = read(Path("your.csv").read_bytes(), rows={rows}, cells={cells})
chosen = {{"label": {label!r}, "minority": {minority!r}, "features": {features!r}}}
own = Classes(rows={rows}).take(table, lambda name, _: chosen[name])
sample = Sample(own.features, own.label)"""


def snippet(view: Controls) -> str:
    """Both methods, with every argument written out."""
    if view.data == OWN:
        data = READ.format(
            rows=ROLE.rows,
            cells=ROLE.cells,
            label=view.own.named,
            minority=view.own.minority,
            features=list(view.own.names),
        )
    else:
        keys = ("rows", "ratio", "overlap", "label_noise", "seed")
        data = MADE.format(shape=view.data, **{key: getattr(view, key) for key in keys})
    return TEMPLATE.format(
        data=data,
        methods=tuple(view.methods.values()),
        classifier=view.classifier,
        target=view.target,
        k_neighbors=view.k_neighbors,
        seed=view.seed,
    )


def printed(view: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    lines = []
    for side, each in result.outcomes.items():
        said = each if isinstance(each, str) else " ".join(f"{k}={v:.4g}" for k, v in each.scores._asdict().items())
        lines.append(f"{view.methods[side]} {said}")
    return "\n".join(lines)
