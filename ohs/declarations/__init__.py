"""Declarations of occupational hazards."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
