"""Templates and style sheets against the strict content policy and the oldest browser that must work (Chromium 99)."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_TEMPLATES = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "inline style": re.compile(r"<style|\sstyle\s*=\s*[\"']", re.I),
    "asset from outside": re.compile(r"(?:src|href)\s*=\s*[\"']https?://", re.I),
}
#: Pictures inside a style sheet hold characters that look like rules.
PICTURE = re.compile(r"url\(\s*[\"']?data:.*?\)", re.I)
IN_STYLES = {
    "newer than Chromium 99": re.compile(r":has\(|oklch\(|color-mix\(|light-dark\(|@layer\b|@container\b|&\s*[.:#\[]"),
    "asset from outside": re.compile(r"url\(\s*[\"']?https?://|@import", re.I),
}


def complaints() -> list[str]:
    """One line for each place that breaks a rule."""
    found = []
    for folder, pattern, rules in (("templates", "*.html", IN_TEMPLATES), ("static", "*.css", IN_STYLES)):
        for path in sorted((ROOT / folder).rglob(pattern)):
            for number, line in enumerate(PICTURE.sub("", path.read_text()).splitlines(), 1):
                found += [f"{path.relative_to(ROOT)}:{number}: {name}" for name, rule in rules.items() if rule.search(line)]
    return found


if __name__ == "__main__":
    broken = complaints()
    sys.stdout.writelines(f"{line}\n" for line in broken)
    sys.exit(1 if broken else 0)
