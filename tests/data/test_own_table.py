"""Rows of a reader: what is written is read, and what cannot be read is refused in one sentence that says where."""

import csv
import io
import math
import time
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from demos.data.own_table import (
    LARGEST,
    LEAST_MINORITY,
    LEAST_ROWS,
    MAX_CHARACTERS,
    MOST_FEATURES,
    Table,
    read_table,
)
from demos.data.samples import MOST_ROWS

law = settings(derandomize=True, deadline=None, database=None, max_examples=60)

BOM: Final = "\ufeff"
numbers = st.floats(-LARGEST, LARGEST)


def quarter(row: int) -> str:
    return "1" if row % 4 == 0 else "0"


def lines(rows: int = 20, *, label: Callable[[int], str] = quarter, separator: str = ",") -> list[str]:
    """Rows of two features and a label, which is 1 in every fourth row."""
    return [separator.join([str(row), repr(-row / 2), label(row)]) for row in range(rows)]


def written(rows: Sequence[str], names: str = "a,b,label") -> str:
    return "\n".join([names, *rows]) + "\n"


GOOD: Final = written(lines())


def refusal(text: str) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        read_table(text)
    assert type(caught.value) is ValueError
    return str(caught.value)


def assert_good(table: Table, *, features: tuple[str, ...] = ("a", "b"), label: str = "label", rows: int = 20) -> None:
    """What `lines` has written."""
    np.testing.assert_array_equal(table.sample.x, [[row, -row / 2] for row in range(rows)])
    np.testing.assert_array_equal(table.sample.y, [row % 4 == 0 for row in range(rows)])
    assert table.sample.x.dtype == np.float64
    assert np.issubdtype(table.sample.y.dtype, np.integer)
    assert (table.features, table.label) == (features, label)


# ---------------------------------------------------------------- what is read


def test_the_limits_are_those_that_are_promised() -> None:
    assert (MAX_CHARACTERS, MOST_ROWS, MOST_FEATURES, LEAST_ROWS) == (5_000_000, 20_000, 200, 20)
    assert (LEAST_MINORITY, LARGEST) == (4, 1e9)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        BOM + GOOD,
        GOOD.rstrip("\n"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", " , "),
        "\n \n" + GOOD.replace("\n", "\n\n") + "  \n",
        '"a","b","label"\n' + "\n".join('"' + line.replace(",", '","') + '"' for line in lines()),
        GOOD.replace("1\n", "1.0\n").replace("0\n", "0e0\n"),
        GOOD + ",,\n , ,\n",
    ],
)
def test_the_same_rows_are_read_however_they_are_written(text: str) -> None:
    table = read_table(text)
    assert_good(table)
    assert (table.majority, table.minority) == ("0", "1")


@pytest.mark.parametrize("name", ["label", "class", "target", "y", "Label", "CLASS", "Target", "Y"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_column_with_the_name_of_a_label_is_the_label(name: str, place: int) -> None:
    names = ["a", "b"]
    names.insert(place, name)
    rows = [line.split(",") for line in lines()]
    for row in rows:
        row.insert(place, row.pop())
    table = read_table(written([",".join(row) for row in rows], ",".join(names)))
    assert_good(table, label=name)


def test_of_two_such_columns_the_first_is_the_label_and_of_none_the_last_column() -> None:
    table = read_table(written([f"{quarter(row)},{row},{-row / 2}" for row in range(20)], "y,a,class"))
    assert_good(table, features=("a", "class"), label="y")
    assert_good(read_table(written(lines(), "a,labels,outcome")), features=("a", "labels"), label="outcome")


@pytest.mark.parametrize("names", ["2020,2021,label", "a,2,label", "0,1,2"])
def test_names_that_are_numbers_are_names_or_refused_and_never_a_row_in_silence(names: str) -> None:
    try:
        table = read_table(written(lines(), names))
    except ValueError as error:
        assert str(error).startswith(("Row 1", "Column "))  # noqa: PT017 - it is read, or refused for what it is
    else:
        assert (*table.features, table.label) == tuple(names.split(","))
        assert_good(table, features=table.features, label=table.label)


def test_without_names_columns_are_counted_and_the_last_is_the_label() -> None:
    assert_good(read_table("\n".join(lines())), features=("column 1", "column 2"), label="column 3")
    table = read_table("\n".join(lines(separator=";")))
    assert_good(table, features=("column 1", "column 2"), label="column 3")


@pytest.mark.parametrize(("often", "rarely"), [("no", "yes"), ("healthy, as it seems", "ill"), ("-1", "1"), ("2", "1")])
def test_the_rarer_value_is_the_minority_whatever_it_is(often: str, rarely: str) -> None:
    quoted = {each: f'"{each}"' if "," in each else each for each in (often, rarely)}
    table = read_table(written(lines(label=lambda row: quoted[rarely if row % 4 == 0 else often])))
    assert_good(table)
    assert (table.majority, table.minority) == (often, rarely)
    swapped = read_table(written(lines(label=lambda row: quoted[often if row % 4 == 0 else rarely])))
    assert (swapped.majority, swapped.minority) == (rarely, often)
    np.testing.assert_array_equal(swapped.sample.y, table.sample.y)


def test_1_and_1_point_0_are_one_class() -> None:
    ways = {"1": ["1", "1.0", "1e0", "+1", "01"], "0": ["0", "0.0", "0.", "00"]}
    table = read_table(written(lines(40, label=lambda row: ways[quarter(row)][row // 4 % len(ways[quarter(row)])])))
    assert_good(table, rows=40)
    assert (table.majority, table.minority) == ("0", "1")


def test_classes_of_one_size_are_read() -> None:
    table = read_table(written(lines(label=lambda row: ["no", "yes"][row % 2])))
    assert table.sample.counts == (10, 10)
    assert {table.majority, table.minority} == {"no", "yes"}
    np.testing.assert_array_equal(table.sample.y, [(table.minority == "yes") == (row % 2) for row in range(20)])


@law
@given(
    rows=st.lists(st.tuples(numbers, numbers, numbers), min_size=20, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    names=st.sampled_from([("x", "y 2", "z", "label"), ("1 a", "α", "«b»", "Y"), ("x, y", 'say "z"', "", "outcome")]),
    before=st.sampled_from(["", BOM]),
    values=st.sampled_from([("0", "1"), ("no", "yes"), ("a b", "c,d")]),
)
def test_what_csv_writes_is_read_without_loss(
    *,
    rows: list[tuple[float, float, float]],
    delimiter: str,
    quoting: int,
    end: str,
    names: tuple[str, ...],
    before: str,
    values: tuple[str, str],
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerow(names)
    writer.writerows([*map(repr, row), values[place % 4 == 0]] for place, row in enumerate(rows))
    table = read_table(before + text.getvalue())
    np.testing.assert_array_equal(table.sample.x, rows)
    np.testing.assert_array_equal(table.sample.y, [place % 4 == 0 for place in range(len(rows))])
    assert (*table.features, table.label) == names
    assert (table.majority, table.minority) == values


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The file is empty. A line of names and rows of numbers with a label are needed."),
        (BOM + " \n\n,,\n", "The file is empty. A line of names and rows of numbers with a label are needed."),
        ("a,b,label\n", "There are 0 rows of data; from 20 to 20,000 are needed."),
        ("a,b,label", "There are 0 rows of data; from 20 to 20,000 are needed."),
        (written(lines(19)), "There are 19 rows of data; from 20 to 20,000 are needed."),
        ("\n".join(lines(19)), "There are 19 rows of data; from 20 to 20,000 are needed."),
        (written(lines(20_001)), "There are 20,001 rows of data; from 20 to 20,000 are needed."),
        ("label\n" + "0\n1\n" * 20, "There are 0 columns beside the label; from 2 to 200 are needed."),
        (GOOD + "1,2\n", "Row 22 has 2 columns, and the first has 3."),
        (GOOD + "1,2,0,\n", "Row 22 has 4 columns, and the first has 3."),
        ("\n" + GOOD + "\n\n1,2,3,4\n", "Row 25 has 4 columns, and the first has 3."),
        (GOOD + "x,2,0\n", "Row 22, column a: “x” is not a number."),
        (GOOD + "1,y,0\n", "Row 22, column b: “y” is not a number."),
        ("\n\n" + GOOD + "\n1,y,0\n", "Row 25, column b: “y” is not a number."),
        (GOOD.replace("\n", "\r\n") + "1,y,0", "Row 22, column b: “y” is not a number."),
        ("\n".join(lines()) + "\n1,two,0\n", "Row 21, column column 2: “two” is not a number."),
        (GOOD + "1,1_0,0\n", "Row 22, column b: “1_0” is not a number."),
        (GOOD + "1,0x10,0\n", "Row 22, column b: “0x10” is not a number."),
        (GOOD + '1,"1,5",0\n', "Row 22, column b: “1,5” is not a number."),
        (GOOD + "1," + "z" * 1000 + ",0\n", "Row 22, column b: “" + "z" * 40 + "” is not a number."),
        (GOOD + "1,2\x00,0\n", "Row 22, column b: “2\x00” is not a number."),
        (GOOD + "1,,0\n", "Row 22, column b: a number is missing."),
        (GOOD + '"",2,0\n', "Row 22, column a: a number is missing."),
        (GOOD + "nan,2,0\n", "Row 22, column a: the number is missing."),
        (GOOD + "1,NaN,0\n", "Row 22, column b: the number is missing."),
        (GOOD + "1,inf,0\n", "Row 22, column b: inf is beyond ±1e+09."),
        (GOOD + "-Infinity,2,0\n", "Row 22, column a: -inf is beyond ±1e+09."),
        (GOOD + "1e300,2,0\n", "Row 22, column a: 1e+300 is beyond ±1e+09."),
        (GOOD + "1,-2000000000,0\n", "Row 22, column b: -2e+09 is beyond ±1e+09."),
        (GOOD + "9" * 400 + ",2,0\n", "Row 22, column a: inf is beyond ±1e+09."),
        (GOOD + "1,2,\n", "Row 22, column label: the label is missing."),
        (GOOD + "1,2,  \n", "Row 22, column label: the label is missing."),
        (
            written(lines(label=lambda _: "yes")),
            "Column label: the label needs two values and has 1: yes (20).",
        ),
        (
            written(lines(label=lambda row: "abc"[min(2, row % 4)])),
            "Column label: the label needs two values and has 3: c (10), a (5), b (5).",
        ),
        (
            written(lines(label=lambda row: "abcd"[row % 4])),
            "Column label: the label needs two values and has 4: a (5), b (5), c (5), d (5).",
        ),
        (
            written(lines(label=lambda row: "v" * 30 + str(row))),
            "Column label: the label needs two values and has 20: " + ", ".join(["v" * 20 + " (1)"] * 4) + ", ….",
        ),
        (
            written(lines(label=lambda row: "ill" if row < 3 else "well")),
            "Column label: ill has 3 rows; at least 4 are needed to train and to test.",
        ),
        (
            written(lines(label=lambda row: "ill" if row < 2 else "well")),
            "Column label: ill has 2 rows; at least 4 are needed to train and to test.",
        ),
        (
            written(lines(label=lambda row: "i" * 99 if row < 1 else "well")),
            "Column label: " + "i" * 20 + " has 1 row; at least 4 are needed to train and to test.",
        ),
    ],
)
def test_a_refusal_names_the_row_as_an_editor_counts_and_the_column(text: str, message: str) -> None:
    assert refusal(text) == message


def test_a_long_name_is_cut_where_a_number_is_wrong() -> None:
    text = written([*lines(), "x,2,0"], "n" * 1000 + ",b,label")
    assert refusal(text) == "Row 22, column " + "n" * 40 + ": “x” is not a number."


def test_the_largest_number_is_a_thousand_million() -> None:
    rows = [*lines(), "1e9,-1000000000,0"]
    np.testing.assert_array_equal(read_table(written(rows)).sample.x[-1], [1e9, -1e9])


def test_four_rows_of_the_minority_are_enough() -> None:
    table = read_table(written(lines(label=lambda row: "ill" if row < 4 else "well")))
    assert table.sample.counts == (16, 4)


@pytest.mark.parametrize("names", [True, False])
def test_as_many_rows_are_read_as_promised_and_not_one_more(*, names: bool) -> None:
    rows = lines(20_000)
    text = written(rows) if names else "\n".join(rows)
    assert len(read_table(text).sample.y) == 20_000
    assert refusal(text.rstrip("\n") + "\n1,2,0\n") == "There are 20,001 rows of data; from 20 to 20,000 are needed."


def test_as_many_features_are_read_as_promised_and_not_one_more() -> None:
    for count in (200, 201):
        names = ",".join([f"f{place}" for place in range(count)] + ["label"])
        text = written(["0," * count + quarter(row) for row in range(20)], names)
        if count == 200:
            assert read_table(text).sample.x.shape == (20, 200)
        else:
            assert refusal(text) == "There are 201 columns beside the label; from 2 to 200 are needed."


def test_as_many_characters_are_read_as_promised_and_not_one_more() -> None:
    text = GOOD + "\n" * (5_000_000 - len(GOOD))
    assert_good(read_table(text))
    assert refusal(text + "\n") == "The file has 5,000,001 characters; at most 5,000,000 are read."


@law
@given(row=st.integers(0, 19), column=st.integers(0, 2), bad=st.sampled_from(["", "abc", "1e10", "nan"]))
def test_one_bad_cell_is_found_where_it_is(row: int, column: int, bad: str) -> None:
    cells = [line.split(",") for line in lines(label=lambda row: ["no", "yes"][row % 2])]
    assume(column < 2 or not bad)  # any text is a label
    cells[row][column] = bad
    message = refusal(written([",".join(each) for each in cells]))
    assert message.startswith(f"Row {row + 2}, column {('a', 'b', 'label')[column]}: ")


@law
@given(row=st.integers(0, 19), width=st.integers(1, 6))
def test_a_row_of_another_width_is_found(row: int, width: int) -> None:
    assume(width != 3)
    rows = lines()
    rows[row] = ",".join(["1"] * width)
    message = refusal(written(rows))
    assert message.startswith(f"Row {row + 2} has {width} column")
    assert message.endswith(", and the first has 3.")


# ---------------------------------------------------------------- what is no table at all


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (GOOD + "1" * 200_000 + ",2,0\n", "Row 22 cannot be read: field larger than field limit (131072)."),
        ('"' + GOOD, "There are 0 rows of data"),
        (GOOD + '"1,2,0\n' + "\n".join(lines()), "Row "),
        (GOOD + '"' + "1\n" * 200_000, "Row "),
        ("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + "".join(map(chr, range(256))) * 40, "R"),
        ("PK\x03\x04" + "\x00" * 100_000, "There are 0 rows of data"),
        ("\x00", "There are 0 rows of data"),
        ("\ud800,\udfff\n" * 30, "There are 1 columns beside"),
        ("<html><body>" + "<p>1, 2, 3</p>\n" * 50, "Column "),
        ('{"a": [1, 2], "b": [3, 4]}', "There are 0 rows of data"),
    ],
)
def test_what_is_no_table_is_refused_and_breaks_nothing(text: str, start: str) -> None:
    message = refusal(text)
    assert message.startswith(start)
    assert len(message) < 300


@pytest.mark.parametrize(
    "unit", [" ", ",", "\n", '"', '"\n', "1", "1\n", "1,0\n", "a\tb\n", "\r", ";", "\x00", "\u2028", "1," * 200 + "0\n"]
)
def test_the_longest_files_take_seconds(unit: str) -> None:
    """Of the processor; a tenth of the longest file must not take more than a tenth of half a minute."""
    text = (unit * (500_000 // len(unit) + 1))[:500_000]
    started = time.process_time()
    try:
        read_table(text)
    except ValueError as error:
        assert len(str(error)) < 300  # noqa: PT017 - whether it is refused depends on the unit
    assert time.process_time() - started < 3


scraps = st.sampled_from(
    [*"0123456789.,;\t\n\r\"'exyinfa-+_ \ufeff\x0b\x0c\x1c\x85\u2028\x00\ud800", "1e", "1,2,0\n", "nan", "inf", "y,a\n"]
)


@settings(law, max_examples=400)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(scraps, max_size=60).map("".join),
        st.lists(scraps, max_size=30).map(lambda each: GOOD + "".join(each)),
        st.lists(scraps, max_size=6).map(lambda each: "".join(each) + GOOD),
        st.tuples(st.integers(0, len(GOOD)), scraps).map(lambda at: GOOD[: at[0]] + at[1] + GOOD[at[0] :]),
    )
)
def test_of_any_text_comes_a_table_or_a_short_sentence(text: str) -> None:
    try:
        table = read_table(text)
    except ValueError as error:
        assert type(error) is ValueError  # noqa: PT017 - not one of its kinds, such as UnicodeError
        assert 0 < len(str(error)) <= 400  # noqa: PT017
        assert str(error).endswith((".", ")."))  # noqa: PT017
    else:
        assert 20 <= len(table.sample.y) <= 20_000
        assert table.sample.x.shape == (len(table.sample.y), len(table.features))
        assert np.abs(table.sample.x).max() <= LARGEST
        assert set(table.sample.y.tolist()) == {0, 1}
        majority, minority = table.sample.counts
        assert majority >= minority >= 4
        assert table.majority != table.minority


# ---------------------------------------------------------------- what is not yet right


@pytest.mark.parametrize("values", [("1000001", "1000002"), ("20250131", "20250228"), ("0.1234561", "0.1234562")])
def test_long_numbers_are_labels_that_differ(values: tuple[str, str]) -> None:
    table = read_table(written(lines(label=lambda row: values[row % 4 == 0])))
    assert (table.majority, table.minority) == values


@pytest.mark.parametrize("missing", ["nan", "NaN"])
def test_a_label_that_is_not_a_number_is_missing(missing: str) -> None:
    text = written(lines(label=lambda row: missing if row % 4 == 0 else "1"))
    assert refusal(text) == "Row 2, column label: the label is missing."


def test_minus_0_is_0() -> None:
    table = read_table(written(lines(label=lambda row: "-0" if row == 1 else quarter(row))))
    assert_good(table)


@pytest.mark.parametrize("name", ['"weight; kg"', '"weight\tkg"'])
def test_a_quoted_name_may_have_a_separator_in_it(name: str) -> None:
    table = read_table(written(lines(), f"{name},b,label"))
    assert_good(table, features=(name.strip('"'), "b"))


@pytest.mark.parametrize(("first", "labels"), [("1,,1", ("0", "1")), ("1,2,yes", ("no", "yes"))])
def test_a_first_row_of_data_is_not_lost(first: str, labels: tuple[str, str]) -> None:
    """Without names: a missing number is to be found, and a label of text is no name."""
    rows = [first, *lines(label=lambda row: labels[row % 4 == 0])]
    try:
        table = read_table("\n".join(rows))
    except ValueError as error:
        assert str(error).startswith("Row 1")  # noqa: PT017 - it is read, or refused for what it is
    else:
        assert len(table.sample.y) == 21


@pytest.mark.parametrize("label", ["", "value"])
def test_the_labels_name_is_cut_as_well(label: str) -> None:
    text = written(lines(label=lambda _: label), "a,b," + "n" * 100_000)
    assert len(refusal(text)) < 300


def test_a_number_that_is_just_too_large_is_told_as_it_is() -> None:
    assert "1000000001" in refusal(GOOD + "1000000001,2,0\n").replace(",", "")


def test_numbers_are_python_floats_in_any_script() -> None:
    """As `float` reads them; that it does is harmless."""
    table = read_table(written([*lines(), "１,٣,0"]))
    np.testing.assert_array_equal(table.sample.x[-1], [1, 3])
    assert math.isfinite(table.sample.x.sum())
