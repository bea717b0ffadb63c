"""Law and standards as dated tables, and pure functions over them."""

from flask import Flask

from ohs.rulebook import commands


def init_app(app: Flask) -> None:
    """Offer the questions to the rulebook."""
    commands.init_app(app)
