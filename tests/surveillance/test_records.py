"""What each reader sees of an examination: diseases unrelated to work are told to the clinic alone, and no gap tells of them."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.accounts.services import give_purpose
from ohs.kernel.crypto import keyring
from ohs.surveillance.records import conclusions_for, show_examination
from ohs.surveillance.sealing import SEALED_PURPOSE
from tests.matrix.world import World, make_world

RECORD = {
    "advice": "心内科随访", "other_finding": "高血压2级", "contraindication": "听力损伤", "recheck_items": "血常规", "suspected_disease": "职业性噪声聋",
    "systolic_mmhg": 165, "chief_physician": "王医师",
}  # fmt: skip


@pytest.fixture
def world(session: Session) -> World:
    """Both counties; the own examination holds everything that could be written."""
    made = make_world(session)
    made.own.examination.sealed = keyring().seal(SEALED_PURPOSE, json.dumps(RECORD).encode())
    return made


def seen(world: World, user: User, conclusions: str) -> str:
    """Everything that the page could show, as one text."""
    world.own.examination.conclusions = conclusions
    shown = show_examination(world.own.examination, user)
    return json.dumps([shown.conclusions, shown.texts, {key: value for key, value in shown.items.items() if value}], ensure_ascii=False)


@pytest.mark.parametrize("reader", ["employer", "health"])
def test_who_has_only_something_unrelated_looks_like_who_has_nothing(world: World, reader: str) -> None:
    assert seen(world, world.readers[reader], "O") == seen(world, world.readers[reader], "N")


@pytest.mark.parametrize("conclusions", ["N", "O", "R", "C", "S", "RO", "CO", "SO", "P"])
def test_an_employer_never_meets_values_clinical_detail_or_unrelated_diseases(world: World, conclusions: str) -> None:
    text = seen(world, world.readers["employer"], conclusions)
    assert not any(secret in text for secret in ("高血压", "听力损伤", "165", "O"))
    assert ("职业性噪声聋" in text) == ("S" in conclusions)


def test_an_officer_sees_values_after_a_reason_and_still_nothing_unrelated(session: Session, world: World) -> None:
    officer = world.readers["health"]
    assert "165" not in seen(world, officer, "CO")
    give_purpose(session, officer, world.own.worker.id, "supervision: 现场检查")
    session.flush()
    text = seen(world, officer, "CO")
    assert "165" in text and "听力损伤" in text and "高血压" not in text


def test_the_clinic_sees_what_it_found(world: World) -> None:
    text = seen(world, world.readers["clinic"], "CO")
    assert all(secret in text for secret in ("高血压2级", "听力损伤", "165"))
    assert conclusions_for(world.readers["clinic"], "O") == "O"
