"""Lists the sentences of code and templates, and which of them have no Chinese yet."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "ohs" / "translations" / "zh_Hans_CN"
MARKS = {"_", "_l", "gettext", "lazy_gettext", "Message"}


def sentences_in_code(path: Path) -> set[str]:
    """First arguments of the marks, as Python joins them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") in MARKS:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def sentences_in_template(path: Path) -> set[str]:
    """Everything inside `_( )`."""
    return {str(message[1]) for message in extract_from_file("jinja2.ext:babel_extract", str(path), keywords={"_": None})}


def sentences(places: list[str]) -> set[str]:
    """All sentences of some folders."""
    found: set[str] = set()
    for place in places:
        for path in (ROOT / place).rglob("*"):
            if path.suffix == ".py":
                found |= sentences_in_code(path)
            elif path.suffix == ".html":
                found |= sentences_in_template(path)
    return found


def translated() -> set[str]:
    """Sentences that have their Chinese."""
    found = set()
    for path in CATALOGUES.glob("*.po"):
        with path.open("rb") as file:
            found |= {str(message.id) for message in read_po(file) if message.id and message.string}
    return found


def disagreeing() -> dict[str, dict[str, str]]:
    """Sentences that have different Chinese in different catalogues, with each: one of them would win without a word."""
    said: dict[str, dict[str, str]] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.string:
                    said.setdefault(f"{message.context or ''}{message.id}", {})[path.name] = str(message.string)
    return {id: ways for id, ways in said.items() if len(set(ways.values())) > 1}


def missing(places: list[str]) -> list[str]:
    """Sentences without Chinese, in order."""
    return sorted(sentences(places) - translated())


if __name__ == "__main__":
    without = missing(sys.argv[1:] or ["ohs", "imports", "exports", "templates"])
    sys.stdout.writelines(f"{sentence}\n" for sentence in without)
    sys.exit(1 if without else 0)
