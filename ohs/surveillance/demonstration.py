"""The demonstration's examinations: what clinics handed in, quarter by quarter, through the same commit as everything else."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

import polars as pl
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from imports.examinations import COLUMNS, NORMAL, PHASES
from imports.problems import Problems
from ohs.accounts.models import Organisation, User
from ohs.kernel.bulk import add_counts
from ohs.kernel.clock import LOCAL
from ohs.kernel.crypto import keyring
from ohs.kernel.numbering import next_number
from ohs.registry.demonstration import DemonstrationEmployer, person, phone
from ohs.rulebook.diseases import find_disease
from ohs.rulebook.hazards import category_of, hazard_name
from ohs.surveillance.case_review import follow_up
from ohs.surveillance.demonstration_cases import FRESH_FOR, tell_of_findings
from ohs.surveillance.intake import due_days
from ohs.surveillance.loading import commit_examinations
from ohs.surveillance.models import Finding
from ohs.uploads.jobs import check_at_once
from ohs.uploads.models import SenderQuality, Upload
from ohs.uploads.remarks import pack

#: Posts by category of the first hazard.
POSTS = {
    "dust": ("打磨工", "清砂工", "配料工", "投料工"),
    "chemical": ("喷漆工", "调漆工", "印刷工", "合成工"),
    "physical": ("冲压工", "织布工", "破碎工"),
}
DISEASES = {"P01": "噪声聋"}
WEIGHTS = bytes((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
KINDS = ("in-service", "pre-placement", "leaving")
#: Years of examinations, days of a quarter, and days of a clinic's round in it.
YEARS, QUARTER, ROUND = 2, 91, 10
#: In so many examinations one is of somebody who was known already and showed a passport; the first one early.
SECOND_FILE, SECOND_FILE_FROM = 2_500, 60
#: A batch in so many is corrected later.
CORRECTED_ONE_IN = 9
#: After so many days what a conclusion obliged to has been done; of the rest one in so many is late.
SETTLED_AFTER, LATE_ONE_IN = 100, 12
LATE_AT_MOST = timedelta(days=30)
#: So many of the latest batches begin with people about whom somebody must act, however small the city: what is drawn for them.
FRESH, DRAWN = 5, (0.003, 0.01, 0.03)
#: Share of the rows of a batch that were wrong at first, from the most careful clinic to the least.
WRONG_AT_FIRST = (0.005, 0.05)
#: So many clinics have a file with problems waiting.
WAITING = 6


def resident_number(random: Random, county: str, born: date, is_man: bool) -> str:
    """An invented identity number: sequence numbers kept for centenarians, 996 to 999."""
    sequence = random.choice((997, 999) if is_man else (996, 998))
    first17 = f"{county}{born:%Y%m%d}{sequence}"
    return first17 + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


class People:
    """Workers of an employer, invented as they are needed."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.known: dict[str, list[tuple[str, str, date, bool, str, str]]] = defaultdict(list)
        self.taken: set[str] = set()
        #: How many were entered once more.
        self.twice = 0

    def worker(self, employer: DemonstrationEmployer) -> tuple[str, str, date, bool, str, str]:
        """Name, number, birthday, whether a man, phone and post of somebody who works there."""
        random, here = self.random, self.known[employer.uscc]
        if len(here) > 1 and random.random() < 0.45:
            return random.choice(here)
        is_man = random.random() < 0.62
        while True:
            born = date(1966, 1, 1) + timedelta(days=random.randrange(14_000))
            number = resident_number(
                random,
                random.choice(("330402", "330411", "330421", "330424", "330481", "330482", "330483", "341226", "411425", "522132")),
                born,
                is_man,
            )
            if number not in self.taken:
                break
        self.taken.add(number)
        post = random.choice(POSTS.get(category_of(employer.hazards[0]), ("操作工", "普工")))
        made = (person(random), number, born, is_man, phone(random), post)
        here.append(made)
        return made

    def under_a_passport(self, record: dict[str, Any]) -> None:
        """Make of a record one of somebody known already who showed a passport this time."""
        known = [one for one in self.known[record["employer_uscc"]] if one[1] != record["id_number"]]
        if known:
            self.twice += 1
            name, _number, born, is_man, telephone, post = self.random.choice(known)
            number = f"E{self.random.randrange(10_000_000, 99_999_999)}"
            record |= {
                "worker_name": name,
                "id_type": "护照",
                "id_number": number,
                "birth_date": born,
                "sex": "男" if is_man else "女",
                "phone": telephone,
                "post": post,
            }


def make_examinations(session: Session, random: Random, employers: list[DemonstrationEmployer], count: int, on: date) -> None:
    """So many examinations of two years: every quarter each clinic hands in one round of ten days, and sometimes corrects it."""
    clinics = session.execute(
        select(Organisation, User).join(User, User.organisation_id == Organisation.id).where(Organisation.kind == "clinic").order_by(Organisation.id)
    ).all()  # fmt: skip
    if not clinics or not count or not employers:
        return
    people, due_day = People(random), cache(due_days(session))
    near = _near(clinics, employers)
    batches = [
        (clinic, user, first)
        for quarter in range(YEARS * 4)
        for (clinic, user), first in zip(clinics, _rounds(len(clinics), quarter, on), strict=True)
    ]
    shares = [random.uniform(0.5, 1.5) for _batch in batches]
    done, serial = 0, 0
    for number, ((clinic, user, first), share) in enumerate(zip(batches, shares, strict=True)):
        size = count - done if number == len(batches) - 1 else min(count - done, round(count * share / sum(shares)))
        done += size
        if size <= 0:
            continue
        pool = near[clinic.id]
        served = random.sample(pool, min(len(pool), max(8, size // 12)))
        rows = []
        for row in range(size):
            serial += 1
            drawn = DRAWN[row] if number >= len(batches) - FRESH and row < len(DRAWN) else random.random()
            record = _examination(random, people, random.choice(served), f"TJ{first:%y}{serial:07d}", row + 2, first, drawn)
            if people.twice < serial // SECOND_FILE + (serial > SECOND_FILE_FROM):
                people.under_a_passport(record)
            rows.append(record)
        _commit(session, random, clinic, user, rows, first, on, due_day)
        if number % CORRECTED_ONE_IN == 1:
            _commit(session, random, clinic, user, _corrected(random, rows), first, on, due_day, is_correction=True)
    _settle(session, on)
    tell_of_findings(session, random, on)
    _leave_waiting(session, random, clinics, employers, people, on)


def _near(clinics: Sequence[Any], employers: list[DemonstrationEmployer]) -> dict[int, list[DemonstrationEmployer]]:
    """Whom each clinic examines: the employers of its own county, and of all where that has none."""
    by_county: dict[str, list[DemonstrationEmployer]] = defaultdict(list)
    for employer in employers:
        by_county[employer.county].append(employer)
    return {clinic.id: by_county[clinic.region_code] or employers for clinic, _user in clinics}


def _rounds(clinics: int, quarter: int, on: date) -> list[date]:
    """First day of each clinic's round in a quarter, one clinic after the other, the last one just over."""
    end = on - timedelta(days=ROUND + 7 + QUARTER * (YEARS * 4 - 1 - quarter))
    return [end - timedelta(days=(QUARTER - 1) * (clinics - 1 - place) // max(1, clinics - 1)) for place in range(clinics)]


def _corrected(random: Random, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some rows of a batch once more, with another value: a correction of what was committed."""
    some = random.sample(rows, max(1, len(rows) // 40))
    return [
        row | {"row": number + 2, "systolic_mmhg": float(random.randrange(105, 150)), "hb_g_l": float(random.randrange(112, 168))}
        for number, row in enumerate(some)
    ]


def _settle(session: Session, on: date) -> None:
    """What earlier conclusions obliged to has been done; of those of the last months a few are late, the others wait for their next day."""
    session.execute(
        update(Finding).where(Finding.reported_on < on - timedelta(days=SETTLED_AFTER)).values(next_due_on=None, last_due_on=None)
    )
    recent = session.scalars(select(Finding).where(Finding.next_due_on < on).order_by(Finding.id)).all()
    for place, finding in enumerate(recent):
        if place % LATE_ONE_IN or (finding.next_due_on or on) < on - LATE_AT_MOST:
            ahead = sorted(day for day in map(date.fromisoformat, finding.due.values()) if day >= on)
            finding.next_due_on, finding.last_due_on = (ahead[0], ahead[-1]) if ahead else (None, None)
    session.flush()


def _leave_waiting(
    session: Session, random: Random, clinics: Sequence[Any], employers: list[DemonstrationEmployer], people: People, on: date
) -> None:
    """Files handed in today or yesterday whose problems their clinic has yet to put right."""
    for number, (clinic, user) in enumerate(clinics[:: max(1, len(clinics) // WAITING)]):
        first = on - timedelta(days=ROUND + 4)
        rows = [
            _examination(random, people, random.choice(employers), f"TJW{number:02d}{row:05d}", row + 2, first, random.random())
            for row in range(24)
        ]
        text = _as_text(_frame(rows)).decode("utf-8-sig").splitlines()
        spoilt = [line if place % 6 != 4 else _spoil(line, place) for place, line in enumerate(text)]
        content = "\n".join(spoilt).encode("utf-8-sig")
        moment = datetime.combine(on - timedelta(days=number % 2), time(8, random.randrange(60)), tzinfo=LOCAL).astimezone(UTC)
        upload = Upload(
            number=next_number(session, f"SC-{on.year}"), format="examinations", organisation_id=clinic.id, user_id=user.id,
            filename=f"体检结果{on:%Y%m%d}.csv", size=len(content), sha256=hashlib.sha256(content).hexdigest(), content=keyring().seal("upload.content", content),
            received_at=moment,
        )  # fmt: skip
        session.add(upload)
        session.flush()
        check_at_once(session, upload, on, moment)


def _spoil(line: str, place: int) -> str:
    """A line as somebody mistyped it: a wrong last character of the identity number, or a day that is none."""
    if place % 12 == 4:
        return re.sub(r"(\d{17})[0-9X]", lambda found: found[1] + ("0" if found[0][-1] != "0" else "1"), line, count=1)
    return re.sub(r"\d{4}-\d\d-\d\d", "2026-13-45", line, count=1)


def _examination(
    random: Random, people: People, employer: DemonstrationEmployer, card: str, row: int, first: date, drawn: float
) -> dict[str, Any]:
    name, number, born, is_man, telephone, post = people.worker(employer)
    day = first + timedelta(days=random.randrange(ROUND))
    age = (day - born).days // 365
    exposure = min(random.randrange(0, 25), max(0, age - 18))
    record: dict[str, Any] = dict.fromkeys(("row", *(column.key for column in COLUMNS)))
    hazards = ";".join(employer.hazards)
    record |= {
        "row": row, "card_no": card, "worker_name": name, "id_type": "居民身份证", "id_number": number, "sex": "男" if is_man else "女", "birth_date": born,
        "phone": telephone, "employer_name": employer.name, "employer_uscc": employer.uscc, "workshop": "一车间", "post": post, "work_years": min(max(0, age - 16), exposure + 2),
        "exposure_years": exposure, "exposure_months": 0, "exposed_hazards": hazards, "examined_hazards": hazards, "phase": random.choices(KINDS, (82, 13, 5))[0],
        "examined_on": day, "reported_on": day + timedelta(days=random.randrange(2, 5)), "systolic_mmhg": float(random.randrange(105, 150)),
        "diastolic_mmhg": float(random.randrange(62, 94)), "wbc_10e9_l": round(random.uniform(3.8, 9.8), 1), "rbc_10e12_l": round(random.uniform(3.8, 5.6), 2),
        "hb_g_l": float(random.randrange(112, 168)), "plt_10e9_l": float(random.randrange(130, 320)), "alt_u_l": float(random.randrange(8, 46)), "urine_protein": "阴性",
        "urine_glucose": "阴性", "ecg": "窦性心律", "chest_film": "未见异常", "fvc_pct": float(random.randrange(80, 112)), "fev1_pct": float(random.randrange(80, 112)),
        "fev1_fvc_pct": round(random.uniform(75, 95), 1), "conclusions": NORMAL, "chief_physician": "沈医师",
    }  # fmt: skip
    if "P01" in employer.hazards:
        record |= {
            "hearing_high_db": float(random.randrange(8, 38)),
            "hearing_speech_left_db": float(random.randrange(6, 24)),
            "hearing_speech_right_db": float(random.randrange(6, 24)),
        }
    _conclude(record, employer, drawn)
    return record


def _conclude(record: dict[str, Any], employer: DemonstrationEmployer, chance: float) -> None:
    if chance < 0.005:
        code = next((code for code in employer.hazards if code in DISEASES or category_of(code) == "dust"), "")
        name = DISEASES.get(code) or "矽肺"
        if code and find_disease(name, record["reported_on"]):
            record |= {"conclusions": "疑似职业病", "suspected_disease": name, "advice": "提请职业病诊断"}
    elif chance < 0.02:
        record |= {
            "conclusions": "职业禁忌证",
            "contraindication": f"{hazard_name(employer.hazards[0])}作业职业禁忌证",
            "advice": "不宜从事该作业，建议调离",
        }
    elif chance < 0.06:
        record |= {"conclusions": "复查", "recheck_items": "血常规", "advice": "一月内复查"}
    elif chance < 0.15:
        record |= {"conclusions": "其他疾病或异常", "other_finding": "血压偏高", "advice": "建议专科就诊"}


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema: dict[str, Any] = {"row": pl.UInt32, **{column.key: column.type.dtype for column in COLUMNS}}
    return pl.DataFrame(rows, schema=schema)


def _commit(
    session: Session, random: Random, clinic: Organisation, user: User, rows: list[dict[str, Any]], first: date, on: date, due_day: Any,
    *, is_correction: bool = False,
) -> None:  # fmt: skip
    frame = _frame(rows)
    last = first + timedelta(days=ROUND)
    handed_in = min(
        on, last + timedelta(days=(22 if random.random() < 0.04 else random.choice((4, 4, 5, 5, 6))) + (9 if is_correction else 0))
    )
    moment = datetime.combine(handed_in, time(9, random.randrange(60)), tzinfo=LOCAL).astimezone(UTC)
    content = _as_text(frame)
    upload = Upload(
        number=next_number(session, f"SC-{handed_in.year}"), format="examinations", organisation_id=clinic.id, user_id=user.id,
        filename=f"职业健康检查结果{last:%Y%m}{'更正' if is_correction else ''}.csv", size=len(content), sha256=hashlib.sha256(content).hexdigest(), content=keyring().seal("upload.content", content),
        state="committed", received_at=moment, checked_at=moment, committed_at=moment, committed_by_id=user.id, rows=len(rows), accepted=len(rows),
        remarks=pack(Problems()), layout={"sheets": []}, preview={},
    )  # fmt: skip
    session.add(upload)
    session.flush()
    batch = commit_examinations(session, frame, upload, handed_in, due_day)
    if handed_in >= on - FRESH_FOR:
        follow_up(batch, frame, user)
    done = batch.committed()
    upload.committed_rows, upload.corrected_rows, upload.rows_digest = done.new + done.corrected, done.corrected, done.digest
    right = len(rows) - int(len(rows) * random.uniform(*WRONG_AT_FIRST) + random.random())
    table: Any = SenderQuality.__table__
    measures = ("uploads", "rows", "right_first_time", "committed", "corrected", "late")
    key = (clinic.id, "examinations", f"{handed_in.year:04d}-{handed_in.month:02d}")
    add_counts(
        session,
        table,
        ("organisation_id", "format", "month"),
        measures,
        [(*key, 1, len(rows), right, done.new + done.corrected, done.corrected, done.late)],
    )


def _as_text(frame: pl.DataFrame) -> bytes:
    """The same rows as the file that a clinic would have handed in."""
    labels = {value: label for label, value in PHASES.values.items()}
    shown = frame.with_columns(
        pl.col("phase").replace_strict(labels),
        *(pl.col(key).str.replace_all(";", "、") for key in ("exposed_hazards", "examined_hazards", "conclusions")),
    )
    renamed = shown.select(pl.col(column.key).alias(column.heading) for column in COLUMNS)
    return renamed.write_csv().encode("utf-8-sig")
