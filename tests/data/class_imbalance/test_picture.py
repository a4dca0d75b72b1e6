"""The tables behind the main picture, against counting, scikit-learn's curves and imbalanced-learn's rows."""

import base64
import io
import math
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from PIL import Image
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from demos.data.samples import Floats, Ints, Sample, split
from pages.data.class_imbalance import picture
from pages.data.class_imbalance.compute import Run, boundaries, table, window
from pages.data.class_imbalance.controls import SIDES
from tests.data.class_imbalance.oracle import (
    Told,
    counted,
    csv_of,
    direct,
    metrics,
    outcome_of,
    run_of,
    sample_of,
    tuned,
)

PERCENT: Final = range(1, 100)
COLORS: Final = ("#0000ff", "#ff0000", "#00ff00", "#808080")
SHADES: Final = [f"#{level:02x}0000" for level in range(12)]
Table = dict[str, list[Any]]


@pytest.fixture(scope="module")
def first_view() -> Run:
    return run_of()[1]


def decoded(url: str) -> Ints:
    """The pixels of an image (rows, columns, RGBA), row 0 at the bottom."""
    image = Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1]))).convert("RGBA")
    return np.flipud(np.asarray(image)).astype(int)


def ends(train: Sample) -> tuple[Floats, Floats]:
    """The corners of the picture."""
    each = [np.quantile(train.x[train.y == kind], (0.005, 0.995), axis=0) for kind in (0, 1)]
    low, high = np.minimum(each[0][0], each[1][0]), np.maximum(each[0][1], each[1][1])
    return low - 0.05 * (high - low), high + 0.05 * (high - low)


def field(told: Told) -> Floats:
    """scikit-learn's probabilities over the picture (64, 64)."""
    low, high = ends(told.train)
    steps = (np.arange(64) + 0.5) / 64
    across, up = np.meshgrid(*(low[axis] + steps * (high - low)[axis] for axis in (0, 1)))
    return told.asked(np.stack([across.ravel(), up.ravel()], axis=1)).reshape(64, 64)


def points(text: Any) -> Floats:  # noqa: ANN401 - a text of numbers
    return np.array([float(number) for number in str(text).split(",")])


def test_the_thresholds_are_what_direct_counting_gives(first_view: Run) -> None:
    sent = picture.thresholds(first_view)
    assert list(sent["side"]) == ["A"] * 99 + ["B"] * 99
    for start, side in ((0, "A"), (99, "B")):
        told = direct(side)
        for percent in PERCENT:
            row = {key: values[start + percent - 1] for key, values in sent.items()}
            _, fp, _, tp = counted(told.test.y, told.probability, percent / 100)
            assert row == {"side": side, "percent": percent, "fp": fp, "tp": tp, "negatives": 572, "positives": 28}


def test_the_ring_is_at_the_own_threshold_and_the_slider_at_the_nearest_percent() -> None:
    _, result = run_of(B="threshold tuning")
    threshold, probability = tuned(direct("A"))
    _, fp, _, tp = counted(result.parts.test.y, probability, threshold)
    sent = picture.own_thresholds(result)
    assert sent["threshold"] == [0.5, pytest.approx(threshold)]
    assert (sent["fp"][1], sent["tp"][1]) == (fp, tp)
    assert sent["threshold_A"] == [50, 50]
    assert sent["threshold_B"] == [round(100 * threshold)] * 2
    assert [picture.nearest_percent(each) for each in (0, 0.004, 0.126, 0.999, 1)] == [1, 1, 13, 99, 99]
    shown = table(result)
    assert list(shown["method"]) == ["A: none", "B: threshold tuning"]
    expected = metrics(result.parts.test.y, direct("A").probability)
    assert shown.loc[0, list(expected)].to_dict() == pytest.approx(expected)
    assert shown["threshold"].tolist() == sent["threshold"]


def test_the_curves_are_scikit_learns_and_have_its_areas(first_view: Run) -> None:
    sent = picture.curves(first_view)
    assert list(zip(sent["side"], sent["curve"], strict=True)) == [(s, c) for s in SIDES for c in ("ROC", "PR")]
    for side, curve, *texts in zip(*sent.values(), strict=True):
        (x, up), told = map(points, texts), direct(str(side))
        y, probability = told.test.y, told.probability
        assert np.all(np.diff(x) >= 0)
        if curve == "ROC":
            rate, recall, _ = roc_curve(y, probability)
            np.testing.assert_allclose([x, up], [rate, recall], atol=1e-4)
            assert np.trapezoid(up, x) == pytest.approx(roc_auc_score(y, probability), abs=1e-3)
        else:
            assert (x[0], up[0], x[-1], up[-1]) == (0, 1, 1, pytest.approx(y.mean(), abs=1e-4))
            precision, found, _ = precision_recall_curve(y, probability)
            every = np.stack([found, precision], axis=1)
            away = NearestNeighbors(n_neighbors=1).fit(every).kneighbors(np.stack([x, up], axis=1))[0]
            assert away.max() < 2e-4
            assert np.sum(np.diff(x) * up[1:]) == pytest.approx(average_precision_score(y, probability), abs=1e-3)


def test_the_boundary_of_a_linear_model_is_the_line_of_its_coefficients(first_view: Run) -> None:
    """W · x + b is the logarithm of the odds of every threshold, here in the coordinates of the picture."""
    sent = picture.boundaries(first_view)
    for side in SIDES:
        told = direct(side)
        low, high = ends(told.train)
        for percent in (5, 20, 50, 80, 95):
            rows = [
                row for row, (name, first) in enumerate(zip(sent["side"], sent["first"], strict=True))
                if (name, first) == (side, percent)
            ]  # fmt: skip
            assert len(rows) == 1
            x = points(sent["x"][rows[0]]) - 1.1 * (side == "B")
            line = np.stack([x, points(sent["y"][rows[0]])], axis=1)
            assert line.shape == (2, 2)
            standard = told.scaler.transform(low + line * (high - low))
            odds = standard @ told.model.coef_[0] + told.model.intercept_[0]
            np.testing.assert_allclose(odds, math.log(percent / (100 - percent)), atol=0.02)


@pytest.mark.parametrize(
    "changes",
    [
        {"classifier": "k-nearest neighbours", "A": "random under-sampling"},
        {"classifier": "decision tree", "overlap": 0.8},
    ],
)
def test_a_model_of_steps_has_one_boundary_for_each_percent_between_its_cells(changes: dict[str, Any]) -> None:
    _, result = run_of(**changes)
    for side in SIDES:
        expected, found = field(direct(side, **changes)), outcome_of(result, side).boundaries
        covered = [percent for each in found for percent in range(each.first, each.last + 1)]
        assert covered == list(PERCENT)
        assert len(found) < 60
        for each in found[:: max(1, len(found) // 4)]:
            for percent in (each.first, each.last):
                positive = expected >= percent / 100
                drawn = np.zeros((64, 64), dtype=bool)  # cells beside a line
                for line in each.lines:
                    steps = np.linspace(0, 1, 200)
                    for start, stop in pairwise(line):
                        along = start + steps[:, None] * (stop - start)
                        column, row = np.clip((64 * along).astype(int), 0, 63).T
                        drawn[row, column] = True
                changes_right = positive[:, 1:] != positive[:, :-1]
                near = drawn[:, 1:] | drawn[:, :-1]
                assert near[changes_right].all(), (side, percent)


def test_a_place_at_the_threshold_is_on_the_positive_side() -> None:
    plane = np.broadcast_to(np.array([0.25, 0.5, 0.75, 1.0]).repeat(16), (64, 64))
    found = boundaries(plane)
    assert [(each.first, each.last) for each in found] == [(1, 25), (26, 50), (51, 75), (76, 99)]
    assert [[line[0, 0] for line in each.lines] for each in found] == [[], [0.25], [0.5], [0.75]]


def test_the_shades_are_the_probability(first_view: Run) -> None:
    sent = picture.images(first_view, COLORS, SHADES)
    assert sent["x"] == [0, pytest.approx(1.1)]
    assert sent["x2"] == [1, pytest.approx(2.1)]
    for url, side in zip(sent["probability"], SIDES, strict=True):
        np.testing.assert_array_equal(decoded(str(url))[..., 0], np.round(11 * field(direct(side))))


def test_every_row_is_drawn_in_the_colour_of_its_kind() -> None:
    _, result = run_of(A="random under-sampling")
    sent = picture.images(result, COLORS, SHADES)
    told, smote = direct("A", A="random under-sampling"), direct("B")
    train = told.train
    low, high = ends(train)
    under = RandomUnderSampler(sampling_strategy=1.0, random_state=0)
    under.fit_resample(told.scaler.transform(train.x), train.y)
    kept = np.isin(np.arange(len(train.y)), under.sample_indices_)

    def seen(place: int, rows: Floats) -> set[str]:
        pixels = decoded(str(sent["rows"][place]))
        at = np.floor((rows - low) / (high - low) * picture.PIXELS).astype(int)
        inside = at[np.all((at >= 0) & (at < picture.PIXELS), axis=1)]
        return {"#" + bytes(pixels[y, x, :3].tolist()).hex() for x, y in inside.tolist()}

    blue, red, green, grey = COLORS
    assert seen(0, train.x[train.y == 1]) == seen(1, train.x[train.y == 1]) == {red}
    assert {blue} <= seen(0, train.x[kept & (train.y == 0)]) <= {blue, red}
    assert {grey} <= seen(0, train.x[~kept]) <= {grey, blue, red}
    assert {green} <= seen(1, smote.scaler.inverse_transform(smote.learnt.x[1400:])) <= {green, red}
    for url in sent["rows"]:
        pixels = decoded(str(url))
        assert 0.5 < (pixels[..., 3] == 0).mean() < 0.99


def placed(sent: Any, train: Sample, *, side: str) -> tuple[Floats, Floats]:  # noqa: ANN401 - columns
    """Both ends of the lines in one plane, among the features."""
    low, high = ends(train)
    rows = np.array(sent["x"]) > 1 if side == "B" else np.array(sent["x"]) < 1.05
    left = 1.1 * (side == "B")
    pairs = (("x", "y"), ("x2", "y2"))
    first, second = (np.stack([np.array(sent[a])[rows] - left, np.array(sent[b])[rows]], axis=1) for a, b in pairs)
    return first * (high - low) + low, second * (high - low) + low


def test_lines_join_each_synthetic_row_to_two_minority_neighbours(first_view: Run) -> None:
    told = direct("B")
    first, second = placed(picture.lines(first_view, k_neighbors=5), told.train, side="B")
    assert len(first) == 120
    minority = told.train.x[told.train.y == 1]
    who = NearestNeighbors(n_neighbors=1).fit(minority)
    assert max(who.kneighbors(each)[0].max() for each in (first, second)) < 1e-5
    starts, stops = (who.kneighbors(each)[1][:, 0].tolist() for each in (first, second))
    standard = told.scaler.transform(minority)
    near = NearestNeighbors(n_neighbors=6).fit(standard).kneighbors(standard)[1]
    assert all(stop in near[start] for start, stop in zip(starts, stops, strict=True))
    new = told.scaler.inverse_transform(told.learnt.x[1400:1520])  # the first of those that SMOTE has made
    along, away = second - first, new - first
    share = (along * away).sum(axis=1) / (along**2).sum(axis=1)
    assert np.all((share > -1e-4) & (share < 1 + 1e-4))
    np.testing.assert_allclose(away, share[:, None] * along, atol=1e-5)


def test_the_line_of_a_copy_is_a_point_and_that_of_a_jittered_copy_starts_at_its_original() -> None:
    _, result = run_of(A="random over-sampling", B="over-sampling with jitter")
    train, sent = result.parts.train, picture.lines(result, k_neighbors=5)
    np.testing.assert_allclose(*placed(sent, train, side="A"), atol=1e-6)
    first, second = placed(sent, train, side="B")
    minority = train.x[train.y == 1]
    assert NearestNeighbors(n_neighbors=1).fit(minority).kneighbors(first)[0].max() < 1e-5
    scaler = StandardScaler().fit(train.x)
    jittered, _ = RandomOverSampler(random_state=0, shrinkage={1: 0.2}).fit_resample(scaler.transform(train.x), train.y)
    np.testing.assert_allclose(second, scaler.inverse_transform(jittered[1400:1520]), atol=1e-5)
    assert not len(picture.lines(run_of(A="class weights", B="Tomek links")[1], k_neighbors=5)["x"])


def test_the_plane_of_more_features_is_that_of_the_components_and_the_rest_is_at_its_mean() -> None:
    parts = split(sample_of(csv_of(120, 30, features=5)), seed=0)
    plane = window(parts)
    middle = -plane.low / (plane.high - plane.low)  # the plane's origin
    np.testing.assert_allclose(plane.lift(middle[None])[0], parts.train.x.mean(axis=0))
    places = np.random.default_rng(0).random((20, 2))
    np.testing.assert_allclose(plane.project(plane.lift(places)), places)
    assert plane.project(np.empty((0, 5))).shape == (0, 2)
    scaled = StandardScaler().fit_transform(parts.train.x)
    components = np.linalg.svd(scaled, full_matrices=False)[2][:2]
    at = plane.low + plane.project(parts.train.x) * (plane.high - plane.low)
    np.testing.assert_allclose(np.abs(at), np.abs(scaled @ components.T), atol=1e-9)


def test_the_plane_of_two_features_is_the_features(first_view: Run) -> None:
    low, high = ends(first_view.parts.train)
    np.testing.assert_allclose([first_view.window.low, first_view.window.high], [low, high], atol=1e-8)
    places = np.random.default_rng(0).random((20, 2))
    np.testing.assert_allclose(first_view.window.lift(places), low + places * (high - low), atol=1e-8)
