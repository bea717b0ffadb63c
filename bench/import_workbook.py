"""A large examination workbook as a clinic would hand it in: all columns, everybody invented, the same for the same number of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from xlsxwriter import Workbook

from imports.examinations import COLUMNS
from ohs.registry.demonstration import DemonstrationEmployer, person, phone
from ohs.rulebook.hazards import category_of, hazard_name
from ohs.surveillance.demonstration import POSTS, resident_number

COUNTIES = ("330402", "330411", "330421", "330424", "330481", "330482", "330483", "341226", "411425", "522132")
PHASES = ("在岗期间", "上岗前", "离岗时", "应急")
WEIGHTS = (80, 14, 5, 1)
OTHERS = ("血压偏高", "脂肪肝；血脂偏高", "双侧甲状腺结节", "窦性心动过缓", "屈光不正")
#: One examination in fifty is repeated because of something found.
REPEATED = 50


def make_workbook(path: Path, employers: Sequence[DemonstrationEmployer], rows: int, *, on: date) -> None:
    """Write `rows` examinations of the year before `on`; every row can be accepted."""
    workbook = Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = workbook.add_worksheet("职业健康检查结果")
    keys = [column.key for column in COLUMNS]
    sheet.write_row(0, 0, [column.heading for column in COLUMNS], workbook.add_format({"bold": True}))
    for number, record in enumerate(_records(Random(1), employers, rows, on), 1):
        for place, key in enumerate(keys):
            value = record.get(key)
            if value.__class__ is str:
                sheet.write_string(number, place, value)
            elif value.__class__ is date:
                sheet.write_datetime(number, place, value)
            elif value is not None:
                sheet.write_number(number, place, value)
    workbook.close()


def _records(random: Random, employers: Sequence[DemonstrationEmployer], rows: int, on: date) -> Iterator[dict[str, Any]]:
    taken: set[str] = set()
    first: dict[str, Any] = {}
    for number in range(1, rows + 1):
        if number % REPEATED == 0 and first:
            yield _repeated(random, first, f"BN{number:010d}")
            continue
        record = _examination(random, random.choice(employers), f"BN{number:010d}", taken, on)
        if record["conclusions"] == "复查":
            first = record
        yield record


def _examination(random: Random, employer: DemonstrationEmployer, card: str, taken: set[str], on: date) -> dict[str, Any]:
    is_man = random.random() < 0.62
    born = number = None
    while number is None or number in taken:
        born = date(1966, 1, 1) + timedelta(days=random.randrange(14_000))
        number = resident_number(random, random.choice(COUNTIES), born, is_man)
    taken.add(number)
    assert born is not None
    examined = on - timedelta(days=random.randrange(30, 330))
    years = min(random.randrange(25), max(0, (examined - born).days // 365 - 18))
    hazards = employer.hazards
    record: dict[str, Any] = {
        "card_no": card, "worker_name": person(random), "id_number": number, "sex": "男" if is_man else "女", "birth_date": born,
        "employer_name": employer.name, "employer_uscc": employer.uscc, "workshop": random.choice(("一车间", "二车间", "前处理车间", "总装车间")),
        "post": random.choice(POSTS.get(category_of(hazards[0]), ("操作工", "普工"))), "work_years": years + 1, "work_months": random.randrange(12),
        "exposed_hazards": "、".join(map(hazard_name, hazards)), "examined_hazards": "、".join(map(hazard_name, hazards)),
        "phase": random.choices(PHASES, WEIGHTS)[0], "examined_on": examined, "reported_on": examined + timedelta(days=random.randrange(3, 22)),
        "systolic_mmhg": random.randrange(100, 150), "diastolic_mmhg": random.randrange(58, 94), "wbc_10e9_l": round(random.uniform(3.6, 9.8), 1),
        "rbc_10e12_l": round(random.uniform(3.6, 5.8), 2), "hb_g_l": random.randrange(92, 170), "plt_10e9_l": random.randrange(90, 330),
        "alt_u_l": random.randrange(8, 90), "urine_protein": "阴性", "urine_glucose": "阴性",
        "ecg": random.choice(("窦性心律，正常范围心电图", "正常心电图", "窦性心律；完全性右束支传导阻滞")), "conclusions": "目前未见异常",
        "chief_physician": random.choice(("陆晓燕", "俞海涛", "顾文斌", "沈国强")),
    }  # fmt: skip
    if random.random() < 0.8:
        record["id_type"] = "居民身份证"
    if random.random() < 0.9:
        record["phone"] = phone(random)
    if random.random() < 0.92 or record["phase"] in PHASES[::2]:
        record |= {"exposure_started_on": examined - timedelta(days=365 * years + 40), "exposure_years": years, "exposure_months": 1}
    if any(category_of(code) == "dust" for code in hazards):
        record |= {
            "chest_film": "未见异常",
            "fvc_pct": _per_cent(random),
            "fev1_pct": _per_cent(random),
            "fev1_fvc_pct": _per_cent(random, 70, 98),
        }
    if "P01" in hazards:
        record |= {
            "hearing_high_db": random.randrange(5, 56), "hearing_speech_left_db": random.randrange(5, 36),
            "hearing_speech_right_db": random.randrange(5, 36),
        }  # fmt: skip
    return record | _concluded(random, hazards)


def _per_cent(random: Random, lowest: int = 66, highest: int = 112) -> float:
    return round(random.uniform(lowest, highest), 1)


def _concluded(random: Random, hazards: Sequence[str]) -> dict[str, Any]:
    """What is found, as often as in practice: nothing mostly."""
    chance = random.random()
    if chance < 0.005 and "P01" in hazards:
        return {"conclusions": "疑似职业病", "suspected_disease": "噪声聋", "advice": "提请职业病诊断"}
    if chance < 0.02:
        advice = f"不宜从事接触{hazard_name(hazards[0])}的作业，建议调离"
        return {"conclusions": "职业禁忌证", "contraindication": "未控制的高血压", "advice": advice}
    if chance < 0.06:
        return {"conclusions": "复查", "recheck_items": "血常规", "advice": "一月内复查"}
    if chance < 0.15:
        return {"conclusions": "其他疾病或异常", "other_finding": random.choice(OTHERS), "advice": "建议专科就诊"}
    return {"advice": "定期复查"} if chance < 0.35 else {}


def _repeated(random: Random, first: dict[str, Any], card: str) -> dict[str, Any]:
    """The re-examination that an earlier row asked for."""
    examined = first["reported_on"] + timedelta(days=2)
    return first | {
        "card_no": card, "is_recheck": "是", "previous_card_no": first["card_no"], "examined_on": examined, "reported_on": examined + timedelta(days=3),
        "wbc_10e9_l": round(random.uniform(3.8, 9.8), 1), "conclusions": "目前未见异常", "recheck_items": None, "advice": None,
    }  # fmt: skip
