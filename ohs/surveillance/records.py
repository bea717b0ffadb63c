"""What one reader gets to see of an examination: everything, or only what an employer or an unannounced officer may."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ohs.kernel.audit import audit
from ohs.kernel.crypto import keyring
from ohs.kernel.policy import Permission, allowed
from ohs.surveillance.models import Examination
from ohs.surveillance.rules import ORDER
from ohs.surveillance.sealing import SEALED_PURPOSE

#: Item columns of the format with their units, in the order of the page; names are the format's own headings.
ITEM_KEYS = (
    "systolic_mmhg", "diastolic_mmhg", "wbc_10e9_l", "rbc_10e12_l", "hb_g_l", "plt_10e9_l", "alt_u_l", "urine_protein", "urine_glucose",
    "ecg", "chest_film", "fvc_pct", "fev1_pct", "fev1_fvc_pct", "hearing_high_db", "hearing_speech_left_db", "hearing_speech_right_db",
    "blood_lead_ug_l",
)  # fmt: skip
#: What goes with a conclusion, by its letter.
TEXT_KEYS = {"R": ("recheck_items",), "S": ("suspected_disease",), "C": ("contraindication",), "O": ("other_finding",)}
#: The letter in which nothing abnormal and something unrelated to work are told alike, and what it stands for.
UNCONCERNED, OF_NO_CONCERN = "U", ("N", "O", "NO")
#: For an employer: what to arrange, and the suspected disease it must act on; never the clinical detail of a contraindication.
EMPLOYER_TEXT_KEYS = {"R": ("recheck_items",), "S": ("suspected_disease",), "C": ()}


@dataclass(frozen=True)
class Shown:
    """An examination as one reader sees it."""

    examination: Examination
    conclusions: str
    #: Texts that go with the conclusions, and the advice, by key.
    texts: dict[str, str]
    #: Values of items by key; empty where they are not for this reader.
    items: dict[str, Any]
    has_values: bool
    #: A reason opens the values for this reader.
    may_ask: bool


def unseal_record(sealed: bytes) -> dict[str, Any]:
    """Values and texts of an examination by key of the format."""
    record: dict[str, Any] = json.loads(keyring().unseal(SEALED_PURPOSE, bytes(sealed)))
    return record


def conclusions_for(user: Any, conclusions: str) -> str:
    """The letters that concern this reader: nothing unrelated to work for an employer or a department.

    Who has only something unrelated looks to them like who has nothing at all: a gap would tell it.
    """
    if "clinic" in user.role_names or not conclusions:
        return conclusions
    return UNCONCERNED if conclusions in OF_NO_CONCERN else "".join(letter for letter in conclusions if letter != "O")


def show_examination(examination: Examination, user: Any) -> Shown:
    """Open an examination for a reader who has passed the policy for its page; the caller records the reading."""
    conclusions = conclusions_for(user, examination.conclusions)
    if allowed(user, Permission.EXAMINATION_READ, examination):
        return _in_full(examination, conclusions)
    if "employer" in user.role_names and conclusions == UNCONCERNED:
        return Shown(examination, conclusions, {}, {}, False, False)
    if "employer" in user.role_names:
        record = unseal_record(examination.sealed)
        texts = {key: record[key] for letter in conclusions for key in EMPLOYER_TEXT_KEYS.get(letter, ()) if record.get(key)}
        if conclusions and record.get("advice"):
            texts["advice"] = record["advice"]
        return Shown(examination, conclusions, texts, {}, False, False)
    return Shown(examination, conclusions, {}, {}, False, allowed(user, Permission.EXAMINATION_GIVE_PURPOSE, examination))


def show_to_worker(examination: Examination) -> Shown:
    """Open an examination for the worker whom it is about: everything, also what no employer or department is told."""
    return _in_full(examination, examination.conclusions)


def _in_full(examination: Examination, conclusions: str) -> Shown:
    record = unseal_record(examination.sealed)
    texts = {key: record[key] for letter in ORDER if letter in conclusions for key in TEXT_KEYS.get(letter, ()) if record.get(key)}
    texts |= {key: record[key] for key in ("advice", "chief_physician") if record.get(key)}
    return Shown(examination, conclusions, texts, {key: _as_written(record.get(key)) for key in ITEM_KEYS}, True, False)


def _as_written(value: Any) -> Any:
    """A whole number without the decimal point that it was kept with."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def reading_of(shown: Shown, user: Any) -> Any:
    """The audit event of this reading."""
    event = "examination:read" if shown.has_values else "examination:read-conclusion"
    return audit(event, shown.examination, user, after={"worker": shown.examination.worker_id})
