"""An address that is added without a permission, without a record to try, or without a way to find its record does not pass unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from ohs import create_app
from ohs.config import Config
from ohs.kernel.policy import Permission, requires
from tests.matrix.walk import finding_nothing, unguarded, without_sample


def test_every_address_has_its_permission_its_record_and_its_sample(app: Flask) -> None:
    assert unguarded(app) == []
    assert without_sample(app) == []
    assert finding_nothing(app) == []


@pytest.fixture
def house(tmp_path: Path) -> Flask:
    """An application of its own, to which addresses can be added."""
    return create_app(
        Config(database_url=f"sqlite:///{tmp_path}/x.sqlite3", keys_file=tmp_path / "keys.json", instance=tmp_path, testing=True)
    )


def test_a_new_address_without_permission_is_found(house: Flask) -> None:
    house.add_url_rule("/cellar", "cellar", lambda: "")
    assert unguarded(house) == ["cellar"]


def test_a_new_address_with_a_record_but_without_sample_is_found(house: Flask) -> None:
    house.add_url_rule("/cellar/<int:shelf>", "cellar", requires(Permission.EMPLOYER_READ, lambda shelf: None)(lambda subject: ""))
    assert without_sample(house) == ["cellar"]


def test_a_new_address_whose_record_is_never_looked_up_is_found(house: Flask) -> None:
    house.add_url_rule("/cellar/<int:shelf>", "cellar", requires(Permission.EMPLOYER_READ)(lambda shelf: ""))
    assert finding_nothing(house) == ["cellar"]
