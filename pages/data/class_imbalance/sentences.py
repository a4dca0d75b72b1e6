"""The conclusions of the imbalance page: sentences made from the numbers, so that they cannot go stale."""

from typing import Final

from demos.data.class_imbalance import bayes_threshold, prior_correction
from demos.data.resampling import CLEANING
from demos.data.scores import operating
from pages.data.class_imbalance.compute import Outcome, Run, cost_per_row, odds_ratio
from pages.data.class_imbalance.controls import Controls

CLOSE: Final = 0.02  # a difference of ROC AUC, average precision or F1 that a test set of this size does not tell


def conclusions(view: Controls, result: Run) -> list[str]:
    """What was learnt from, what accuracy hides, and what B moved."""
    said = [_paradox(result)]
    for side, each in result.outcomes.items():
        said.append(f"**{side}** cannot work here: {each}" if isinstance(each, str) else _mistakes(side, each, result))
    a, b = result.outcomes.values()
    if not isinstance(a, str) and not isinstance(b, str):
        said.append(_ranking(a, b, result))
    said += [_learnt(side, each, view, result) for side, each in result.outcomes.items() if _resampled(each)]
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
    area = _verdict(b.scores.roc_auc - a.scores.roc_auc)
    precision = _verdict(b.scores.average_precision - a.scores.average_precision)
    said = (
        f"By ROC AUC the ranking of B is **{area}** ({a.scores.roc_auc:.3f} and {b.scores.roc_auc:.3f}), by average "
        f"precision **{precision}** ({a.scores.average_precision:.3f} and {b.scores.average_precision:.3f})"
    )
    said += ": equal means within ±0.02." if area == precision else ": **the two disagree**; equal means within ±0.02."
    if a.is_probability and b.is_probability:
        base = result.parts.test.y.mean()
        said += (
            f" The mean probability went from {a.scores.mean_probability:.1%} to **{b.scores.mean_probability:.1%}**; "
            f"{base:.1%} of the test rows are positive."
        )
    return said


def _verdict(moved: float) -> str:
    return "equal" if abs(moved) <= CLOSE else "better" if moved > 0 else "worse"


def _resampled(each: Outcome | str) -> bool:
    return not isinstance(each, str) and each.after is not None and each.method != "none"


def _learnt(side: str, each: Outcome | str, view: Controls, result: Run) -> str:
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
    if abs(reached - view.target) > 0.05 * view.target:
        return f"{said}; 1 : {view.target} was asked for, and 1 : {reached:.3g} came out."
    return f"{said}; 1 : {view.target} is reached."


def cost_sentences(view: Controls, result: Run) -> list[str]:
    """What each method costs at its own threshold, at Bayes's, and after the correction at Bayes's."""
    y, costs = result.parts.test.y, (view.cost_fp, view.cost_fn)
    bayes = bayes_threshold(*costs)
    said = []
    for name, each in result.named.items():
        own = cost_per_row(y, each.at_own, *costs)[0]
        sentence = f"**{name}**: {own:.3f} a row at its own threshold of {each.threshold:.3g}"
        if each.is_probability:
            at_bayes = cost_per_row(y, operating(y, each.probability, [bayes]), *costs)[0]
            sentence += f", {at_bayes:.3f} at the Bayes threshold"
            beta = odds_ratio(each, result.parts)
            if beta != 1:
                right = operating(y, prior_correction(each.probability, beta=beta), [bayes])
                sentence += f", and **{cost_per_row(y, right, *costs)[0]:.3f}** there after the correction"
        said.append(f"{sentence}.")
    lazy = min(view.cost_fp * (1 - y.mean()), view.cost_fn * y.mean())
    return [*said, f"The cheaper of calling everything positive and calling nothing positive: {lazy:.3f}."]


def tuned_sentence(classifier: str, tuned: Outcome, b: Outcome) -> str:
    """Whether a moved threshold does what method B does."""
    moved = tuned.scores.f1 - b.scores.f1
    verdict = "the same." if abs(moved) <= CLOSE else "more without any resampling." if moved > 0 else "less."
    return (
        f"A threshold of {tuned.threshold:.3g}, tuned for F1 on a part of the training set, gives {classifier} without "
        f"resampling F1 **{tuned.scores.f1:.2f}**; B has {b.scores.f1:.2f} at its own. That is {verdict}"
    )
