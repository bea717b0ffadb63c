"""Organisations, users, roles, sign-in, administration and audit."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Offer this area's addresses and commands."""
