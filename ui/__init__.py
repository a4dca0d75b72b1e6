"""The rooms of the dashboard: house → (pages) → kit → server."""
