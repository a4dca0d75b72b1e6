"""Points of a reader: what is written is read, and what cannot be read is refused in one sentence that says where."""

import csv
import io
import math
from typing import Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from demos.capacity.own_points import LARGEST, LEAST, MAX_CHARACTERS, MOST, checked, held_out, read_points, write_points
from demos.capacity.targets import Sample

law = settings(derandomize=True, deadline=None, database=None, max_examples=100)

BOM: Final = "\ufeff"
FOUR: Final = "0,1\n1,2\n2,4\n3,8\n"

numbers = st.floats(-LARGEST, LARGEST)
distinct = st.lists(st.tuples(numbers, numbers), min_size=LEAST, max_size=12, unique_by=lambda point: point[0])


def refusal(text: str) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read_points(text)
    assert type(caught.value) is ValueError
    return str(caught.value)


def refused(x: list[float], y: list[float], rows: list[int] | None = None) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        checked(x, y, rows=rows)
    return str(caught.value)


def points_or_error(text: str) -> Sample | ValueError:
    try:
        return read_points(text)
    except ValueError as error:
        return error


def assert_points(read: Sample, points: list[tuple[float, float]]) -> None:
    x, y = np.array(sorted(points), dtype=float).T
    np.testing.assert_array_equal(read.x, x)
    np.testing.assert_array_equal(read.y, y)
    assert read.x.dtype == read.y.dtype == np.float64


# ---------------------------------------------------------------- what is read


@law
@given(
    points=distinct,
    delimiter=st.sampled_from([",", ";", "\t"]),
    comma=st.booleans(),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    names=st.sampled_from([None, ("x", "y"), ("Time in s", "Height in m"), ("id 1", "")]),
    before=st.sampled_from(["", BOM]),
)
def test_what_csv_writes_is_read_with_x_ascending(
    *,
    points: list[tuple[float, float]],
    delimiter: str,
    comma: bool,
    quoting: int,
    end: str,
    names: tuple[str, str] | None,
    before: str,
) -> None:
    comma = comma and delimiter != ","
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([names] if names else [])
    writer.writerows([[repr(value).replace(".", "," if comma else ".") for value in point] for point in points])
    assert_points(read_points(before + text.getvalue()), points)


@pytest.mark.parametrize(
    "text",
    [
        "3,8\n1,2\n0,1\n2,4",
        "\n\n0,1\n\n1,2\n   \n2,4\n3,8\n\n",
        "x,y\n0,1\n1,2\n2,4\n3,8\n",
        "\n \nx,y\n0,1\n1,2\n2,4\n3,8\n",
        BOM + "x;y\r\n0,0;1,0\r\n1,0;2,0\r\n2,0;4,0\r\n3,0;8,0\r\n",
        '"x";"y"\n"0";"1"\n"1,0";"2,0"\n" 2 ";"4"\n3;8e0\n',
        " 0 ,\t1\n".replace("\t", "") + "+1, 2.\n2e0,.4e1\n  3  ,  8  ",
        "0\t1\r1\t2\r2\t4\r3\t8",
        "x\ty\n0,0\t1,0\n1,0\t2\n2\t4\n3\t8\n",
        "0;1\n1,2\n2\t4\n3;8",  # each line by its own separator
    ],
)
def test_four_points_are_read_however_they_are_written(text: str) -> None:
    assert_points(read_points(text), [(0, 1), (1, 2), (2, 4), (3, 8)])


@pytest.mark.parametrize("text", ["0;1,5\n1;2\n2;3\n3;4", "0\t1,5\n1\t2\n2\t3\n3\t4"])
def test_a_comma_is_a_decimal_point_where_it_separates_no_columns(text: str) -> None:
    assert read_points(text).y[0] == 1.5


@law
@given(points=distinct)
def test_points_that_are_written_are_read_back_without_loss(points: list[tuple[float, float]]) -> None:
    written = write_points(Sample(*np.array(points).T))
    assert [tuple(map(float, line.split(","))) for line in written.split("\n")] == points
    assert_points(read_points(written), points)


@law
@given(points=distinct)
def test_points_that_pass_are_the_same_with_x_ascending(points: list[tuple[float, float]]) -> None:
    assert_points(checked([x for x, _ in points], [y for _, y in points]), points)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There are 0 rows of numbers; from 4 to 5,000 are needed."),
        ("x,y\n", "There are 0 rows of numbers; from 4 to 5,000 are needed."),
        ("0,1\n1,2\n2,3\n", "There are 3 rows of numbers; from 4 to 5,000 are needed."),
        ("x,y\n0,1\n1,2\n2,3\n", "There are 3 rows of numbers; from 4 to 5,000 are needed."),
        ("0\n1\n2\n3\n", "Row 1: two columns are needed, x and y, and there is one."),
        ("x,y,z\n0,1,2\n", "Row 2: two columns are needed, x and y, and there are 3."),
        (FOUR + "4,5,\n", "Row 5: two columns are needed, x and y, and there are 3."),
        (FOUR + "\n  \n4\n", "Row 7: two columns are needed, x and y, and there is one."),
        ("0;1\n1;2\n2;3\n3;4;5;6", "Row 4: two columns are needed, x and y, and there are 4."),
        (FOUR + "four,5\n", "Row 5, column x: “four” is not a number."),
        (FOUR + "4,five\n", "Row 5, column y: “five” is not a number."),
        (FOUR + "\r\n\r\n4,five\r\n", "Row 7, column y: “five” is not a number."),
        (BOM + "x;y\r\n0;1\r\n1;2\r\n\r\n2;3.000,5\r\n3;4", "Row 5, column y: “3.000.5” is not a number."),
        ("x,y\na,b\n" + FOUR, "Row 2, column x: “a” is not a number."),
        ("x,2020\n" + FOUR, "Row 1, column x: “x” is not a number."),
        ("2020,y\n" + FOUR, "Row 1, column y: “y” is not a number."),
        (FOUR + "4," + "z" * 1000, "Row 5, column y: “" + "z" * 40 + "” is not a number."),
        (FOUR + "4,\n", "Row 5, column y: a number is missing."),
        (FOUR + ",4\n", "Row 5, column x: a number is missing."),
        (FOUR + '"";4\n', "Row 5, column x: a number is missing."),
        (FOUR + ' " " ;4\n', "Row 5, column x: a number is missing."),
        (FOUR + "nan,4\n", "Row 5, column x: a number is missing."),
        (",1\n" + FOUR, "Row 1, column x: a number is missing."),
        (FOUR + "4,inf\n", "Row 5, column y: inf is beyond ±1e+09."),
        (FOUR + "-Infinity,4\n", "Row 5, column x: -inf is beyond ±1e+09."),
        ("1 000;2 000\n0;1\n1;2\n2;3\n3;4", "Row 1, column x: “1 000” is not a number."),
        (FOUR + "4,1_0", "Row 5, column y: “1_0” is not a number."),
        (FOUR + "4,1000000001", "Row 5, column y: 1000000001 is beyond ±1e+09."),
        (FOUR + "4,-2e9\n", "Row 5, column y: -2000000000 is beyond ±1e+09."),
        (FOUR + "4," + "9" * 400, "Row 5, column y: inf is beyond ±1e+09."),
        ("x,y\n\n2,0\n2,1\n2,2\n2,3\n", "Column x: all 4 values are 2, so there is nothing to fit a curve along."),
        ("x,y\n0,1\n\n1,2\n2,3\n3,4\n1.0,9\n",
         "Row 7, column x: 1 stands in row 4 already; keep one y for each x, such as their mean."),
        ("0,1\n-0.0,2\n2,3\n3,4\n",
         "Row 2, column x: 0 stands in row 1 already; keep one y for each x, such as their mean."),
    ],
)  # fmt: skip
def test_a_refusal_names_the_row_as_an_editor_counts_and_the_column(text: str, message: str) -> None:
    assert refusal(text) == message


def test_with_a_point_too_many_columns_are_counted_before_numbers_are_read() -> None:
    assert refusal("x,y\none,two,three\n" + FOUR).startswith("Row 2: two columns")


def test_as_many_characters_are_read_as_promised_and_not_one_more() -> None:
    assert MAX_CHARACTERS == 1_000_000
    text = FOUR + "\n" * (1_000_000 - len(FOUR))
    assert len(read_points(text).x) == 4
    assert refusal(text + "\n") == "The file has 1,000,001 characters; at most 1,000,000 are read."


@pytest.mark.parametrize("names", ["", "x,y\n"])
def test_as_many_rows_are_read_as_promised_and_not_one_more(names: str) -> None:
    assert MOST == 5_000
    text = names + "".join(f"{k},0\n" for k in range(5_000))
    assert len(read_points(text).x) == 5_000
    assert refusal(text + "5000,0\n") == "The file has 5,001 rows; at most 5,000 are read."


def test_points_that_are_no_text_are_refused_by_the_same_rules() -> None:
    zeros = [0.0] * 5
    assert refused([0, 1, 2], zeros[:3]) == "There are 3 rows of numbers; from 4 to 5,000 are needed."
    assert refused([0.0] * 5001, [0.0] * 5001) == "There are 5,001 rows of numbers; from 4 to 5,000 are needed."
    assert refused([0, math.nan, 2, 3], zeros[:4]) == "Row 2, column x: a number is missing."
    assert refused([0, 1, 2, 3], [0, 0, 0, math.nan]) == "Row 4, column y: a number is missing."
    assert refused([0, 1, math.inf, 3], zeros[:4]) == "Row 3, column x: inf is beyond ±1e+09."
    assert refused([0, 1, 2, 3, 1], zeros).startswith("Row 5, column x: 1 stands in row 2 already")
    assert refused([0, 1, 2, 3, 1], zeros, [3, 4, 6, 8, 9]).startswith("Row 9, column x: 1 stands in row 4 already")
    assert refused([0, 1, 2, -math.inf], zeros[:4], [3, 4, 6, 8]) == "Row 8, column x: -inf is beyond ±1e+09."
    assert refused([7, 7, 7, 7], zeros[:4]).startswith("Column x: all 4 values are 7,")


def test_the_largest_number_is_a_thousand_million() -> None:
    assert LARGEST == 1e9
    assert len(checked([-1e9, 0, 1, 1e9], [1e9, 0, 0, -1e9]).x) == 4
    assert refused([0, 1, 2, 1.1e9], [0.0] * 4) == "Row 4, column x: 1100000000 is beyond ±1e+09."
    assert refused([0, 1, 2, 3], [0, -1.1e9, 0, 0]) == "Row 2, column y: -1100000000 is beyond ±1e+09."


@law
@given(points=distinct, row=st.integers(0, 11), column=st.integers(0, 1), bad=st.sampled_from(["", "abc", "1e10"]))
def test_one_bad_cell_is_found_where_it_is(points: list[tuple[float, float]], row: int, column: int, bad: str) -> None:
    row %= len(points)
    cells = [[repr(x), repr(y)] for x, y in points]
    cells[row][column] = bad
    assert refusal("\n".join(map(",".join, cells))).startswith(f"Row {row + 1}, column {'xy'[column]}: ")


@law
@given(points=distinct, first=st.integers(0, 11), second=st.integers(0, 11))
def test_an_x_that_stands_twice_is_found_where_it_does(
    points: list[tuple[float, float]], first: int, second: int
) -> None:
    first, second = sorted((first % len(points), second % len(points)))
    assume(first < second)
    x = [point[0] for point in points]
    x[second] = x[first]
    message = refused(x, [point[1] for point in points])
    assert message.startswith(f"Row {second + 1}, column x: ")
    assert f"stands in row {first + 1} already" in message


scraps = st.sampled_from(
    [*"0123456789.,;\t\n\r\"'exyinfa-+_ \ufeff\x0c\u2028\x00\ud800", "1e", "1,2\n", "nan", "inf", "9" * 400]
)


@settings(law, max_examples=400)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(scraps, max_size=60).map("".join),
        st.lists(scraps, max_size=60).map(lambda each: FOUR + "".join(each)),
    )
)
def test_of_any_text_come_points_or_a_short_sentence(text: str) -> None:
    outcome = points_or_error(text)
    if isinstance(outcome, ValueError):
        assert type(outcome) is ValueError
        assert 0 < len(str(outcome)) <= 200
        assert str(outcome).endswith(".")
    else:
        assert LEAST <= len(outcome.x) == len(outcome.y) <= MOST
        assert np.all(np.diff(outcome.x) > 0)
        assert np.all(np.isfinite(outcome.y))


# ---------------------------------------------------------------- held out


@law
@given(points=distinct, seed=st.integers(0, 10_000))
def test_a_quarter_is_held_out_and_nothing_is_lost(points: list[tuple[float, float]], seed: int) -> None:
    given_points = checked([x for x, _ in points], [round(y, 6) for _, y in points])  # not all within 1e-12 of another
    training, validation = held_out(given_points, seed=seed)
    assert len(validation.x) == math.floor(len(points) / 4)
    pairs = [pair for part in (training, validation) for pair in zip(*part, strict=True)]
    assert sorted(pairs) == list(zip(*given_points, strict=True))
    for part in (training, validation):
        assert np.all(np.diff(part.x) > 0)


def test_which_points_are_held_out_is_left_to_the_seed() -> None:
    points = checked(list(range(20)), [0.0] * 20)
    held = [tuple(held_out(points, seed=seed)[1].x) for seed in range(200)]
    assert held == [tuple(held_out(points, seed=seed)[1].x) for seed in range(200)]
    counts = np.bincount(np.array(held, dtype=int).ravel(), minlength=20)
    assert len(set(held)) > 190
    assert np.all(np.abs(counts - 50) < 4 * math.sqrt(200 / 4 * 3 / 4))  # each point a quarter of the time


def test_a_typographic_minus_is_one() -> None:
    assert_points(read_points("−1,−2\n0,1\n1,2\n2,4"), [(-1, -2), (0, 1), (1, 2), (2, 4)])
