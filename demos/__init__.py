"""The numerics: small pure functions. No Streamlit, Altair or pandas in here."""
