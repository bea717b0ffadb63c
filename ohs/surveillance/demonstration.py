"""The demonstration's examinations: what clinics handed in, quarter by quarter, through the same commit as everything else."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import polars as pl
from sqlalchemy import select
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
from ohs.surveillance.intake import due_days
from ohs.surveillance.loading import commit_examinations
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
#: Years of examinations.
YEARS = 2


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


def make_examinations(session: Session, random: Random, employers: list[DemonstrationEmployer], count: int, on: date) -> None:
    """So many examinations of two years, spread over the clinics, the last ones a week ago."""
    clinics = session.execute(
        select(Organisation, User).join(User, User.organisation_id == Organisation.id).where(Organisation.kind == "clinic").order_by(Organisation.id)
    ).all()  # fmt: skip
    if not clinics or not count:
        return
    people, due_day = People(random), due_days(session)
    quarters = _quarters(on)
    batches = [(clinic, user, quarter) for quarter in quarters for clinic, user in clinics]
    shares = [random.uniform(0.5, 1.5) for _batch in batches]
    done, serial = 0, 0
    for number, ((clinic, user, (first, last)), share) in enumerate(zip(batches, shares, strict=True)):
        size = count - done if number == len(batches) - 1 else min(count - done, round(count * share / sum(shares)))
        done += size
        if size <= 0:
            continue
        served = random.sample(employers, min(len(employers), max(8, size // 12)))
        rows = []
        for row in range(size):
            serial += 1
            rows.append(_examination(random, people, random.choice(served), f"TJ{first:%y}{serial:07d}", row + 2, first, last))
        _commit(session, random, clinic, user, rows, last, on, due_day)


def _quarters(on: date) -> list[tuple[date, date]]:
    """First and last day of the examinations of each of the last quarters, the oldest first."""
    end = on - timedelta(days=8)
    found = []
    for back in reversed(range(YEARS * 4)):
        last = end - timedelta(days=back * 91)
        found.append((last - timedelta(days=90), last))
    return found


def _examination(
    random: Random, people: People, employer: DemonstrationEmployer, card: str, row: int, first: date, last: date
) -> dict[str, Any]:
    name, number, born, is_man, telephone, post = people.worker(employer)
    day = first + timedelta(days=random.randrange((last - first).days - 5))
    age = (day - born).days // 365
    exposure = min(random.randrange(0, 25), max(0, age - 18))
    record: dict[str, Any] = dict.fromkeys(("row", *(column.key for column in COLUMNS)))
    hazards = ";".join(employer.hazards)
    record |= {
        "row": row, "card_no": card, "worker_name": name, "id_type": "居民身份证", "id_number": number, "sex": "男" if is_man else "女", "birth_date": born,
        "phone": telephone, "employer_name": employer.name, "employer_uscc": employer.uscc, "workshop": "一车间", "post": post, "work_years": min(max(0, age - 16), exposure + 2),
        "exposure_years": exposure, "exposure_months": 0, "exposed_hazards": hazards, "examined_hazards": hazards, "phase": random.choices(KINDS, (82, 13, 5))[0],
        "examined_on": day, "reported_on": day + timedelta(days=random.randrange(3, 6)), "systolic_mmhg": float(random.randrange(105, 150)),
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
    _conclude(random, record, employer)
    return record


def _conclude(random: Random, record: dict[str, Any], employer: DemonstrationEmployer) -> None:
    chance = random.random()
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


def _commit(
    session: Session, random: Random, clinic: Organisation, user: User, rows: list[dict[str, Any]], last: date, on: date, due_day: Any
) -> None:
    schema: dict[str, Any] = {"row": pl.UInt32, **{column.key: column.type.dtype for column in COLUMNS}}
    frame = pl.DataFrame(rows, schema=schema)
    handed_in = min(on, last + timedelta(days=random.choice((6, 7, 7, 20))))
    moment = datetime.combine(handed_in, time(9, random.randrange(60)), tzinfo=LOCAL).astimezone(UTC)
    content = _as_text(frame)
    upload = Upload(
        number=next_number(session, f"SC-{handed_in.year}"), format="examinations", organisation_id=clinic.id, user_id=user.id,
        filename=f"职业健康检查结果{last:%Y%m}.csv", size=len(content), sha256=hashlib.sha256(content).hexdigest(), content=keyring().seal("upload.content", content),
        state="committed", received_at=moment, checked_at=moment, committed_at=moment, committed_by_id=user.id, rows=len(rows), accepted=len(rows),
        remarks=pack(Problems()), layout={"sheets": []}, preview={},
    )  # fmt: skip
    session.add(upload)
    session.flush()
    done = commit_examinations(session, frame, upload, handed_in, due_day)
    upload.committed_rows, upload.rows_digest = done.new, done.digest
    right = len(rows) - random.randrange(len(rows) // 20 + 1)
    table: Any = SenderQuality.__table__
    measures = ("uploads", "rows", "right_first_time", "committed", "corrected", "late")
    key = (clinic.id, "examinations", f"{handed_in.year:04d}-{handed_in.month:02d}")
    add_counts(session, table, ("organisation_id", "format", "month"), measures, [(*key, 1, len(rows), right, done.new, 0, done.late)])


def _as_text(frame: pl.DataFrame) -> bytes:
    """The same rows as the file that a clinic would have handed in."""
    labels = {value: label for label, value in PHASES.values.items()}
    shown = frame.with_columns(
        pl.col("phase").replace_strict(labels),
        *(pl.col(key).str.replace_all(";", "、") for key in ("exposed_hazards", "examined_hazards", "conclusions")),
    )
    renamed = shown.select(pl.col(column.key).alias(column.heading) for column in COLUMNS)
    return renamed.write_csv().encode("utf-8-sig")
