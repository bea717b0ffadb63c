"""What holds for the whole house."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask

from ohs.kernel.policy import GRANTS, Permission
from scripts.catalogue import disagreeing, missing
from scripts.check_screens import complaints

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(path for folder in ("ohs", "imports", "exports", "scripts", "tests") for path in (ROOT / folder).rglob("*.py"))
#: Areas whose sentences people can meet already.
SPEAKING = ["ohs", "imports", "exports", "templates"]


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_a_sentence_and_is_short(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "a module without its sentence"
    assert len(text.splitlines()) <= 400, "split it by subject"


def test_every_view_names_its_permission(app: Flask) -> None:
    unnamed = [name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "__permission__")]
    assert unnamed == []


def test_every_permission_is_granted_to_somebody() -> None:
    assert set(GRANTS) == set(Permission)


def test_every_sentence_has_its_chinese() -> None:
    assert missing(SPEAKING) == []


def test_no_sentence_has_two_kinds_of_chinese() -> None:
    assert disagreeing() == {}


def test_templates_and_styles_keep_the_policy() -> None:
    assert complaints() == []


def test_nothing_below_the_edge_commits() -> None:
    below = [
        path for path in CODE if path.parent.parent.name == "ohs" and path.name in ("services.py", "queries.py", "models.py", "rules.py")
    ]
    assert [str(path.relative_to(ROOT)) for path in below if ".commit()" in path.read_text()] == []


def test_the_readme_names_every_command(app: Flask) -> None:
    readme = (ROOT / "README.md").read_text()
    own = [name for name in app.cli.commands if name not in ("run", "shell", "routes", "db")]
    assert [name for name in own if f"flask {name}" not in readme] == []


def test_every_template_can_be_read(app: Flask) -> None:
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
