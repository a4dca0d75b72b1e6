"""A reader's own points: a table to edit and a CSV to upload. What is refused leaves the last good points in place."""

from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from demos.capacity.own_points import checked, read_points, write_points
from demos.capacity.targets import CLASSICS, Sample
from ui.kit.plain import literal

LINKED: Final = 60  # points that an address can hold
TYPED: Final = 500  # rows; st.data_editor adds them one by one, in a time that grows with their square
LINK: Final = "points"


def own_points() -> Sample:
    """Draw the table and the upload, and return the last points that were good."""
    state = st.session_state
    if "own points" not in state:
        _adopt(CLASSICS["Bishop's ten points"].sample)
    linked = st.query_params.get(LINK)
    if linked and linked != state.get("own link"):
        _read(linked.replace(" ", "\n"), origin="The points in the link")
    if _editor() not in state:  # the reader comes back: Streamlit has forgotten the edits
        _show(state["own points"])
    st.file_uploader(
        "CSV of two columns, x and y",
        type=["csv", "tsv", "txt"],
        max_upload_size=2,  # MB; `read_points` refuses more than 1 with a better sentence
        key="own file",
        on_change=_read_file,
        help="Separated by commas, semicolons or tabs; at most 5,000 rows and 1 MB. It replaces the table.",
    )
    table = st.data_editor(
        state["own table"],
        num_rows="dynamic",
        hide_index=False,
        height=260,
        on_change=_edited,
        key=_editor(),
        alt="Your points, to edit",
    ).dropna(how="all")
    refusal = state["own refusal"]
    try:
        state["own points"] = checked(table["x"].tolist(), table["y"].tolist(), rows=table.index.tolist())
    except ValueError as error:
        refusal = str(error)
    if refusal:
        st.error(literal(refusal), icon=":material/edit:")
        st.caption("Shown are the last good points.")
    points: Sample = state["own points"]
    _link(points)
    return points


def forget_link() -> None:
    """Take the points out of the address."""
    st.query_params.pop(LINK, None)


def _link(points: Sample) -> None:
    if len(points.x) > LINKED:
        forget_link()
        st.caption(f"More than {LINKED} points do not fit into the link: share the file with it.")
        return
    written = write_points(points).replace("\n", " ")
    st.session_state["own link"] = written
    if st.query_params.get(LINK) != written:
        st.query_params[LINK] = written


def _read_file() -> None:
    file = st.session_state["own file"]
    _forget_refusal()
    if not isinstance(file, UploadedFile):  # none, or one that the server has forgotten
        return
    try:
        text = file.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        st.session_state["own refusal"] = (
            f"{file.name[:60]} is not text in UTF-8: byte {error.start + 1} cannot be read."
        )
    else:
        _read(text, origin=file.name[:60])


def _edited() -> None:
    _forget_refusal()
    if len(st.session_state[_editor()]["added_rows"]) > TYPED:
        _show(st.session_state["own points"])
        st.session_state["own refusal"] = f"More than {TYPED} new rows are too many for the table: upload them as CSV."


def _read(text: str, *, origin: str) -> None:
    try:
        _adopt(read_points(text))
    except ValueError as error:
        st.session_state["own refusal"] = f"{origin}: {error}"


def _forget_refusal() -> None:
    st.session_state["own refusal"] = None


def _adopt(points: Sample) -> None:
    st.session_state["own points"] = points
    _show(points)
    _forget_refusal()


def _show(points: Sample) -> None:
    """Start the table again with these points; its key is a new one, so that edits of the last table are gone."""
    state = st.session_state
    table = pd.DataFrame(points._asdict())
    table.index = pd.RangeIndex(1, len(table) + 1)
    state["own table"], state["own version"] = table, state.get("own version", 0) + 1


def _editor() -> str:
    return f"own table {st.session_state.get('own version', 0)}"
