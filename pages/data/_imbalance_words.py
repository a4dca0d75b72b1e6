"""The conclusions of the imbalance page: sentences made from the numbers, so that they cannot go stale."""

from demos.data.resampling import CLEANING
from pages.data._imbalance_controls import Controls
from pages.data._imbalance_run import Outcome, Run

CLOSE: float = 0.02  # a difference of ROC AUC or F1 that a test set of this size does not tell


def conclusions(controls: Controls, result: Run) -> list[str]:
    """What was learnt from, what accuracy hides, and what B moved."""
    said = [_paradox(result)]
    for side, each in result.outcomes.items():
        said.append(f"**{side}** cannot work here: {each}" if isinstance(each, str) else _mistakes(side, each, result))
    a, b = result.outcomes.values()
    if not isinstance(a, str) and not isinstance(b, str):
        said.append(_ranking(a, b, result))
    said += [_learnt(side, each, controls, result) for side, each in result.outcomes.items() if _resampled(each)]
    return said


def _paradox(result: Run) -> str:
    negatives, positives = result.parts.test.counts
    return (
        f"The test set has {negatives:,} majority rows and {positives:,} of the minority. Who calls all of them "
        f"majority is right in **{negatives / (negatives + positives):.1%}**, and finds none."
    )


def _mistakes(side: str, each: Outcome, result: Run) -> str:
    found, positives = each.scores.true_positives, result.parts.test.counts[1]
    wrong = each.scores.false_positives
    return (
        f"**{side}** ({each.method}), at its threshold of {each.threshold:.3g}, is right in "
        f"**{each.scores.accuracy:.1%}**: it finds {found} of {positives} and calls {wrong:,} of the majority "
        f"positive. F1 {each.scores.f1:.2f}, balanced accuracy {each.scores.balanced_accuracy:.2f}."
    )


def _ranking(a: Outcome, b: Outcome, result: Run) -> str:
    moved = b.scores.roc_auc - a.scores.roc_auc
    auc = f"ROC AUC {a.scores.roc_auc:.3f} and {b.scores.roc_auc:.3f}"
    precision = f"average precision {a.scores.average_precision:.2f} and {b.scores.average_precision:.2f}"
    verdict = (
        f"The ranking is the same within ±{CLOSE:g}"
        if abs(moved) <= CLOSE
        else f"The ranking of B is **{'better' if moved > 0 else 'worse'}**"
    )
    said = f"{verdict}: {auc}, {precision}."
    if a.is_probability and b.is_probability:
        base = result.parts.test.y.mean()
        said += (
            f" The mean probability went from {a.scores.mean_probability:.1%} to **{b.scores.mean_probability:.1%}**; "
            f"{base:.1%} of the test rows are positive."
        )
    return said


def _resampled(each: Outcome | str) -> bool:
    return not isinstance(each, str) and each.after is not None and each.method != "none"


def _learnt(side: str, each: Outcome | str, controls: Controls, result: Run) -> str:
    if isinstance(each, str) or each.after is None:
        return ""
    new, removed = int(each.after.new.sum()), len(each.after.removed)
    parts = [f"added {new:,} rows"] * (new > 0) + [f"removed {removed:,}"] * (removed > 0)
    said = (
        f"**{side}** has {' and '.join(parts) or 'changed nothing'} in a training set of {len(result.parts.train.y):,}"
    )
    reached = each.after.ratio
    if each.method in CLEANING:
        return f"{said}; it cleans and does not balance: 1 : {reached:.3g} remains."
    if abs(reached - controls.target) > 0.05 * controls.target:
        return f"{said}; 1 : {controls.target} was asked for, and 1 : {reached:.3g} came out."
    return f"{said}; 1 : {controls.target} is reached."
