"""The demonstration's employers and institutions: invented, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.kernel.identity import uscc_check_character
from ohs.registry.intake import enter_employers
from ohs.registry.models import Client, Employer, InstitutionScope, Workplace
from ohs.rulebook.hazards import CATEGORIES, find_hazard
from ohs.rulebook.regions import jurisdictions, regions, towns_of
from ohs.rulebook.tables import table

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国红梅玉兰志海波宁俊峰云飞晓东文斌慧雪莹佳琳欣怡浩宇轩子涵梓晨思远家豪雅婷诗瑶"
FIRST = ("恒", "嘉", "盛", "瑞", "宏", "鑫", "泰", "祥", "永", "华", "顺", "兴", "达", "正", "新", "久", "东", "联", "众", "旭")
SECOND = ("丰", "隆", "源", "泰", "凯", "辉", "康", "诚", "博", "利", "昌", "荣", "腾", "越", "晟", "铭", "宇", "翔", "驰", "益")
#: Sectors as they are spread over the counties: code of the sector table's first industry → weight.
WEIGHTS = {
    "机械": 24,
    "纺织": 16,
    "橡胶和塑料制品": 9,
    "皮革": 8,
    "印染": 7,
    "家具": 6,
    "化工": 6,
    "电子": 5,
    "紧固件": 4,
    "喷涂": 3,
    "木业": 3,
    "造纸": 3,
    "印刷": 2,
    "水泥管桩": 2,
    "化纤": 2,
    "电镀": 2,
    "制革": 1,
    "石材加工": 1,
}
GOODS = {
    "机械": "机械",
    "纺织": "纺织",
    "橡胶和塑料制品": "塑胶",
    "皮革": "皮革制品",
    "印染": "印染",
    "家具": "家具",
    "化工": "化工",
    "电子": "电子",
    "紧固件": "紧固件",
    "喷涂": "涂装",
    "木业": "木业",
    "造纸": "纸品",
    "印刷": "印刷包装",
    "水泥管桩": "建材",
    "化纤": "化纤",
    "电镀": "表面处理",
    "制革": "制革",
    "石材加工": "石材",
}
#: One employer in so many stands in the register twice; a smaller city has one such pair, a hamlet none.
ONE_IN, FEWEST_WITH_DOUBLE = 150, 10
#: Employers of each county or zone that have an account, and how many people these employ.
ACCOUNTS_EACH = 2
HEADCOUNTS = (186, 12, 420, 46, 1_250, 7)
#: Numbers of six digits.
CODES = 1_000_000
#: One employer in so many has a second workplace, in the same town.
SECOND_PLACE = 40
#: The first so many clinics have every category on file.
FULL_CLINICS = 24
FILED_ON = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class DemonstrationEmployer:
    """What the other areas need of an invented employer."""

    uscc: str
    name: str
    region: str
    county: str
    sector: str
    industry: str
    address: str
    employees: int
    hazards: tuple[str, ...]
    legal_representative: str
    contact: str
    phone: str
    economic_type: str
    registered_address: str
    #: Stands in the register a second time, under a slip of the pen: never declared, but examined under this name too.
    is_double: bool = False
    #: Has an account in the demonstration, and something to do.
    has_account: bool = False


@cache
def _sectors() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Industries of three digits at least and usual hazards of each sector."""
    leaves = [row["code"] for row in table("industries") if len(row["code"]) == 4]
    sectors: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for row in table("sector_map"):
        prefixes = tuple(row["industry_prefixes"].split(";"))
        hazards = [hazard.code for name in row["typical_hazards_zh"].split(";") if (hazard := find_hazard(name)) is not None]
        industries = tuple(code for code in leaves if code.startswith(prefixes))
        if industries and hazards:
            sectors[row["sector_zh"]] = (industries, tuple(hazards))
    return sectors


@cache
def _economic_types() -> tuple[str, ...]:
    """The most particular types of the list of 2023, as the format keeps them."""
    rows = [row for row in table("economic_types") if "2023" in row["standard"]]
    parents = {row["parent_code"] for row in rows}
    return tuple(f"{row['standard']}|{row['code']}" for row in rows if row["code"] not in parents)[:6]


def person(random: Random) -> str:
    """An invented name."""
    return random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2, 2, 2))))


def phone(random: Random) -> str:
    """An invented number: four zeros in its middle."""
    return f"1{random.choice('3578')}{random.randrange(10)}0000{random.randrange(10_000):04d}"


def invent_employers(random: Random, count: int) -> list[DemonstrationEmployer]:
    """So many employers in all towns."""
    names = [name for name in WEIGHTS if name in _sectors()]
    weights = [WEIGHTS[name] for name in names]
    towns = [town for area in jurisdictions() for town in towns_of(area.code)]
    taken: set[str] = set()
    made: list[DemonstrationEmployer] = []
    doubles = count // ONE_IN if count >= ONE_IN else int(count >= FEWEST_WITH_DOUBLE)
    served: Counter[str] = Counter()
    codes = iter(random.sample(range(CODES), min(CODES, count)))
    for number in range(count - doubles):
        town = towns[number] if number < len(towns) else random.choice(towns)
        sector = random.choices(names, weights)[0]
        industries, usual = _sectors()[sector]
        place = regions()[town.jurisdiction].name.split("（")[0]
        one = _employer(
            random, next(codes), town.code, town.jurisdiction, town.name, place, sector, random.choice(industries), usual, taken
        )
        if served[one.county] < ACCOUNTS_EACH:
            one = replace(one, has_account=True, employees=HEADCOUNTS[(len(served) + 2 * served[one.county]) % len(HEADCOUNTS)])
            served[one.county] += 1
        made.append(one)
    for first in random.sample([one for one in made if not one.has_account] or made, doubles):
        made.append(_double(random, next(codes), first, taken))
    return made


def _double(random: Random, number: int, first: DemonstrationEmployer, taken: set[str]) -> DemonstrationEmployer:
    """The same employer once more: a name written otherwise, and a credit code of which two places are wrong, or quite another one."""
    name = first.name.replace("有限公司", random.choice(("有限责任公司", "厂")))
    name = name if name not in taken else f"{first.name[:-4]}（新厂）有限公司"
    taken.add(name)
    slip = random.randrange(9, 16)
    wrong = str((int(first.uscc[slip]) + 1) % 10) if first.uscc[slip].isdigit() else "K"
    first17 = first.uscc[:slip] + wrong + first.uscc[slip + 1 : 17] if random.random() < 0.7 else _code(first.county, number)
    return replace(first, uscc=first17 + uscc_check_character(first17), name=name, is_double=True, has_account=False)


def _code(county: str, number: int) -> str:
    return f"91{county[:6] if county[:6].isdigit() else '330402'}MAY{number:06d}"


def _employer(
    random: Random,
    number: int,
    region: str,
    county: str,
    town: str,
    place: str,
    sector: str,
    industry: str,
    usual: tuple[str, ...],
    taken: set[str],
) -> DemonstrationEmployer:
    while True:
        name = f"{place[:2]}{random.choice(FIRST)}{random.choice(SECOND)}{GOODS[sector]}有限公司"
        if name in taken:
            name = f"{place[:2]}{random.choice(FIRST)}{random.choice(SECOND)}{random.choice(FIRST)}{random.choice(SECOND)}{GOODS[sector]}有限公司"
        if name not in taken:
            taken.add(name)
            break
    first17 = _code(county, number)
    employees = int(min(4_000, max(4, random.lognormvariate(3.9, 1.0))))
    hazards = tuple(sorted(random.sample(usual, min(len(usual), random.choice((1, 2, 2, 3, 3, 4))))))
    address = (
        f"浙江省嘉兴市{place}{town}{random.choice(('工业园区', '科技', '振兴', '发展', '丰收', '创业'))}路{random.randrange(1, 1999)}号"
    )
    return DemonstrationEmployer(
        first17 + uscc_check_character(first17), name, region, county, sector, industry, address, employees, hazards, person(random), person(random),
        phone(random), random.choice(_economic_types()), address,
    )  # fmt: skip


def enter(session: Session, random: Random, employers: list[DemonstrationEmployer], on: date) -> None:
    """The base register."""
    rows = [
        {
            "row": number + 2, "uscc": one.uscc, "name": one.name, "registered_address": one.registered_address, "work_address": one.address,
            "region": one.region, "industry": one.industry, "economic_type": one.economic_type, "employees": one.employees,
            "revenue_10k_cny": float(round(one.employees * random.uniform(20, 120))), "legal_representative": one.legal_representative,
            "contact": one.contact, "contact_phone": one.phone, "above_size": one.employees > 60, "explosive_dust": "木" in one.sector or (one.sector == "机械" and random.random() < 0.2),
        }
        for number, one in enumerate(employers)
    ]  # fmt: skip
    if not rows:
        return
    enter_employers(session, pl.DataFrame(rows, infer_schema_length=None), on)
    known = {row.uscc: row for row in session.execute(select(Employer.id, Employer.uscc, Employer.region_code, Employer.county_code))}
    session.add_all(
        Workplace(
            employer_id=known[one.uscc].id, name="二厂区", address=one.address.replace("号", "号二厂区"), region_code=one.region, county_code=one.county
        )
        for one in employers[SECOND_PLACE - 1 :: SECOND_PLACE]
        if not one.is_double
    )  # fmt: skip
    session.flush()


def file_scopes(session: Session, on: date) -> None:
    """What institutions have on file: most clinics everything, a few only some categories."""
    clinics = session.scalars(
        select(Organisation).where(Organisation.kind.in_(("clinic", "diagnosis", "testing"))).order_by(Organisation.id)
    ).all()
    seen = 0
    for organisation in clinics:
        seen += organisation.kind == "clinic"
        categories = CATEGORIES if organisation.kind != "clinic" or seen <= FULL_CLINICS else CATEGORIES[:3]
        session.add_all(InstitutionScope(organisation_id=organisation.id, category=category, filed_on=FILED_ON) for category in categories)
    session.flush()


def make_clients(session: Session, random: Random, on: date) -> None:
    """Employers for which testing and diagnosis institutions work; those of the clinics follow from what they handed in."""
    ids = session.scalars(select(Employer.id).order_by(Employer.id)).all()
    others = session.scalars(
        select(Organisation.id).where(Organisation.kind.in_(("testing", "diagnosis"))).order_by(Organisation.id)
    ).all()  # fmt: skip
    for organisation_id in others:
        served = random.sample(ids, min(len(ids), max(3, len(ids) // 20)))
        session.add_all(
            Client(organisation_id=organisation_id, employer_id=id, since=days_before(random, on, 600)) for id in sorted(served)
        )
    session.flush()


def days_before(random: Random, on: date, most: int) -> date:
    """A day in the last so many days."""
    return on - timedelta(days=random.randrange(most))
