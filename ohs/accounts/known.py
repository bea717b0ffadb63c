"""Passwords and secrets of demonstration accounts: derived from the login, printed to everybody, good for nothing elsewhere."""

from __future__ import annotations

import base64
import hashlib


def _digest(login: str, purpose: str) -> bytes:
    return hashlib.sha256(f"demonstration:{purpose}:{login}".encode()).digest()


def demonstration_password(login: str) -> str:
    """The password of a demonstration account."""
    return "Demo-" + base64.b32encode(_digest(login, "password"))[:8].decode().lower()


def demonstration_totp(login: str) -> str:
    """The secret of its second factor."""
    return base64.b32encode(_digest(login, "totp")[:20]).decode()
