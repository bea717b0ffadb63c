"""Pages composed of what the areas offer: desk, search, employer and worker."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
