"""OHS: occupational-health case management for Jiaxing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from ohs.config import Config


def create_app(config: Config | None = None) -> Flask:
    """The whole application, ready to serve; settings from the environment where none are given."""
    # Named here and not above: the readers of workbooks use the kernel's smallest parts without the whole house.
    from ohs.house import build

    return build(config)
