"""A reader's own CSV. What is refused leaves the last good rows in place."""

from typing import Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from demos.data.own_table import Table, read_table
from ui.kit.plain import literal

MOST_MEGABYTES: Final = 5


def own_table() -> Table | None:
    """Draw the upload, and return the last rows that were good."""
    state = st.session_state
    file = st.file_uploader(
        "CSV with a label",
        type=["csv", "tsv", "txt"],
        max_upload_size=MOST_MEGABYTES,
        key="own rows file",
        on_change=_read_file,
        help="A line of names, numeric features and one column with a label of two values: that called label, class, "
        "target or y, else the last. At most 20,000 rows and 5 MB. It stays in your session, out of the "
        "link.",
    )
    refusal = state.get("own rows refusal")
    if refusal and file is not None:
        st.error(literal(refusal), icon=":material/table:")
    table: Table | None = state.get("own rows")
    if table is None:
        st.caption("Until there is one, two Gaussians stay.")
        return None
    majority, minority = table.sample.counts
    st.caption(
        literal(
            f"{majority:,} rows of {table.label} = {table.majority[:20]} and {minority:,} of {table.minority[:20]}, "
            f"which is the minority."
        )
    )
    return table


def _read_file() -> None:
    state = st.session_state
    file = state["own rows file"]
    state["own rows refusal"] = None
    if not isinstance(file, UploadedFile):  # none, or one that the server has forgotten
        return
    try:
        state["own rows"] = read_table(file.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        state["own rows refusal"] = f"{file.name[:60]} is not text in UTF-8: byte {error.start + 1} cannot be read."
    except ValueError as error:
        state["own rows refusal"] = f"{file.name[:60]}: {error}"
