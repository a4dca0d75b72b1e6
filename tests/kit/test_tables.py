"""The reader of tables: what people have, what they choose, and the declared part on a page of its own."""

from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from tests.kit.tables_cases import CASES
from ui import kit
from ui.kit import tables

BY_HAND = "a,b,c\n1,2,5\n2,4,6\n3,8,7\n4,16,9"


def points(content: bytes | str) -> tables.Pointed:
    return tables.Points(least=2).take(tables.read(content, rows=5_000, cells=100_000))


def labelled(frame: pd.DataFrame) -> tables.Labelled:
    return tables.Classes().take(tables.read(frame.to_csv(index=False), rows=20_000, cells=100_000))


def rows(**more: object) -> pd.DataFrame:
    """Forty rows of which every fourth is spam, by features that do not tell."""
    place = np.arange(40)
    columns = {"a": place * 7 % 11 / 2, "b": place * 5 % 13 / 2, "label": np.where(place % 4 == 0, "spam", "ham")}
    return pd.DataFrame({**columns, **more})


@pytest.mark.parametrize("name", CASES)
def test_a_table_is_read_as_people_see_it(name: str) -> None:
    content, x, y = CASES[name]
    read = points(content)
    np.testing.assert_allclose((read.x, read.y), (x, y))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04\x81\x00", "save the sheet as CSV"), (b"\xd0\xcf\x11\xe0\xa1", "save the sheet as CSV"),
        (b"PAR1\x15\x04", "Parquet"), (b"", "empty"), ("x,y", "One|Two columns|no rows"),
        (";", "nothing but separators"),
        ("only words", "Two columns"), (b"a\x00b", "not a text"),
        ("x,y\n" + "1,2\n" * 5_001, "at most 5,000 rows"), ("\n".join([",".join(["1"] * 1_001)] * 3), "at most 1,000"),
        ("1," * 50_000 + "1\n" * 3, "cells|needed"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(content: bytes | str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        points(content)


@given(
    numbers=st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=2, max_size=8),
    dialect=st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("\t", "."), (" ", ".")]),
    header=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_what_pandas_writes_is_read_back(
    numbers: list[tuple[float, float]], dialect: tuple[str, str], encoding: str, *, header: bool
) -> None:
    frame = pd.DataFrame(numbers, columns=["u", "v"])
    separator, decimal = dialect
    text = frame.to_csv(sep=separator, decimal=decimal, index=False, header=header, float_format="%.9e")
    read = tables.read(text.encode(encoding), rows=100, cells=1_000)
    np.testing.assert_allclose(read.frame.to_numpy(), frame.to_numpy(), rtol=1e-8)


@given(st.text(alphabet='0123456789.,;|&\t \n"-%#xyé\\ab', max_size=200) | st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_nothing_but_a_value_error_comes_of_any_text(content: bytes | str) -> None:
    for role in (tables.Points(least=1), tables.Classes(least=1, least_minority=1), tables.Groups(least=1)):
        with suppress(ValueError):
            role.take(tables.read(content, rows=50, cells=200))


def test_points_are_written_without_loss() -> None:
    x, y = [0.1, 1 / 3, 2e-9], [-1.0, 1e8 + 1 / 3, 3.0]
    read = points(tables.written(x, y))
    assert (read.x.tolist(), read.y.tolist()) == (x, y)


@pytest.mark.parametrize(
    ("values", "minority", "majority"),
    [(("spam", "ham"), "spam", "ham"), ((1, 0), "1", "0"), ((True, False), "True", "False"), ((2.0, 1.0), "2", "1")],
)
def test_the_rarer_value_of_a_label_is_the_minority(
    values: tuple[object, object], minority: str, majority: str
) -> None:
    read = labelled(rows(label=[values[0] if place % 4 == 0 else values[1] for place in range(40)]))
    assert (read.minority, read.majority, read.label.sum(), read.named) == (minority, majority, 10, "label")
    assert read.label.tolist() == [int(place % 4 == 0) for place in range(40)]


def test_of_three_values_all_but_the_minority_are_one_class() -> None:
    read = labelled(rows(label=["a"] * 20 + ["b"] * 14 + ["c"] * 6))
    assert (read.minority, read.majority, read.label.sum()) == ("c", "not c", 6)


def test_a_column_that_numbers_the_rows_is_no_feature_and_named() -> None:
    read = labelled(rows(id=range(100, 140)).sort_values("label"))
    assert read.names == ("a", "b")
    assert any(sentence.startswith("id ") for sentence in read.said)


@pytest.mark.parametrize(("spam", "ham"), [(9.5, 1.5), (1.5, 9.5)])
def test_a_column_that_determines_the_label_is_named(spam: float, ham: float) -> None:
    leak = [spam if place % 4 == 0 else ham for place in range(40)]
    assert "leak alone determines the label." in labelled(rows(leak=leak)).said
    assert not labelled(rows()).said


def test_rows_with_huge_numbers_are_left_out_and_counted() -> None:
    read = points("x,y\n1,2\n2,-1e10\n3,4\n1e10,1")
    assert (read.x.tolist(), read.said) == ([1, 3], ("Rows with numbers beyond ±1e9 are left out: 2.",))


@pytest.mark.parametrize(
    ("text", "names", "classes"),
    [
        ("x,y,kind\n1,5,b\n2,6,a\n3,7,b", ("x", "y"), ("a", "b")),  # y may be few numbers, and is no label then
        ("kind;u;v\nb;1,5;2\na;2,5;3\nb;3,5;4", ("u", "v"), ("a", "b")),
        ("id,u,v,class\n1,5,0.5,1\n2,6,0.25,0\n3,7,0.125,1", ("u", "v"), ("0", "1")),
    ],
)
def test_points_in_classes(text: str, names: tuple[str, str], classes: tuple[str, ...]) -> None:
    read = tables.Groups(least=2).take(tables.read(text, rows=2_000, cells=100_000))
    assert (read.names, read.classes, read.y.tolist()) == (names, classes, [1, 0, 1])


def page() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the text of this function

    from tests.kit.test_tables import Controls  # noqa: PLC0415

    st.session_state["seen"] = Controls.draw().own


class Controls(kit.Controls):
    own = kit.OwnTable(tables.Points(), kit.TextArea("Points", "1,2\n2,3\n3,5\n4,4", 4, help="x and y."), upload=1)


def test_columns_are_chosen_where_there_is_a_choice_and_a_refusal_keeps_the_last() -> None:
    at = AppTest.from_function(page, default_timeout=30).run()
    assert not at.exception
    assert not at.selectbox
    at.text_area(key="own").set_value(BY_HAND).run()
    at.selectbox(key="own y").set_value("c").run()
    assert at.session_state["seen"].y.tolist() == [5, 6, 7, 9]
    at.text_area(key="own").set_value("*nothing*").run()
    assert len(at.error) == 1
    assert at.session_state["seen"].y.tolist() == [5, 6, 7, 9]
    assert not at.exception


def test_a_view_without_a_reader_chooses_as_the_link_says() -> None:
    assert Controls.of(own=BY_HAND).own.y.tolist() == [2, 4, 8, 16]
    assert Controls.of({"own": BY_HAND, "own y": "c"}).own.y.tolist() == [5, 6, 7, 9]
