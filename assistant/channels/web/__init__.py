"""The web: API, pages and widget."""
