"""The gallery."""

import streamlit as st

st.write("gallery")
