"""Draws the one sprite of icons out of an unpacked package of Tabler icons: `sprite.py PACKAGE OUT`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

#: Our name → Tabler's.
ICONS = {
    "desk": "home", "declaration": "file-text", "employer": "building-factory-2", "examination": "stethoscope", "worker": "users",
    "upload": "upload", "download": "download", "finding": "alert-triangle", "figures": "chart-bar", "admin": "settings", "audit": "history",
    "institution": "building-hospital", "user": "user", "users": "user-cog", "search": "search", "add": "plus", "close": "x", "check": "check",
    "bell": "bell", "print": "printer", "help": "help-circle", "back": "arrow-left", "next": "chevron-right", "previous": "chevron-left",
    "first": "chevrons-left", "last": "chevrons-right", "merge": "git-merge", "up": "arrow-up", "down": "arrow-down", "lock": "lock",
    "calendar": "calendar", "edit": "edit", "trash": "trash", "eye": "eye", "warning": "alert-circle", "menu": "menu-2", "export": "file-spreadsheet",
    "receipt": "receipt", "map": "map-pin", "key": "key", "undo": "arrow-back-up", "clock": "clock", "quality": "gauge", "link": "link",
}  # fmt: skip


def symbol(name: str, svg: str) -> str:
    """One icon as a symbol of the sprite."""
    inner = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    inner = re.search(r"<svg[^>]*>(.*)</svg>", inner, re.S)[1]  # type: ignore[index]
    inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", inner)
    inner = re.sub(r"\s+", " ", inner).strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def main(package: Path, out: Path) -> None:
    """Write the sprite."""
    folder = package / "icons" / "outline"
    symbols = [symbol(name, (folder / f"{tabler}.svg").read_text()) for name, tabler in sorted(ICONS.items())]
    out.write_text('<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
