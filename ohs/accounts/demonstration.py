"""The demonstration's organisations and accounts: all synthetic, the same for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.known import demonstration_password, demonstration_totp
from ohs.accounts.models import ADMINISTRATORS, Organisation, User, UserRole
from ohs.accounts.services import SECOND_FACTOR_ROLES
from ohs.rulebook.regions import CITY, Region, jurisdictions, regions

#: Cheap on purpose: these passwords are printed anyway.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OFFICES = {"health": "卫生健康局", "hr": "人力资源和社会保障局", "safety": "应急管理局"}
CITY_OFFICES = {"health": "卫生健康委员会", "hr": "人力资源和社会保障局", "safety": "应急管理局"}
#: How many there are of each kind, and what they are called in turn, one round of the areas after the other.
INSTITUTIONS = {
    "clinic": (30, ("第一人民医院体检中心", "中医医院体检中心", "疾病预防控制中心门诊部", "康复医院体检中心")),
    "diagnosis": (6, ("职业病防治院",)),
    "testing": (5, ("职业卫生检测有限公司",)),
}


@dataclass(frozen=True)
class DemonstrationAccount:
    """What a demonstration account needs to sign in; derived from its login, never stored in plain."""

    login: str
    password: str
    totp_secret: str | None
    role: str
    organisation: str
    region: str


def account_of(user: User) -> DemonstrationAccount:
    """The account with its password and secret, derived again."""
    role = next(iter(sorted(user.role_names)), "")
    secret = demonstration_totp(user.login) if SECOND_FACTOR_ROLES & user.role_names else None
    return DemonstrationAccount(
        user.login, demonstration_password(user.login), secret, role, user.organisation.name, user.organisation.region_code
    )


def enter_account(session: Session, organisation: Organisation, login: str, name: str, role: str) -> None:
    """An account, and its organisation where that is new."""
    session.add(organisation)
    session.flush()
    user = User(login=login, name=name, organisation_id=organisation.id, password_hash=QUICK.hash(demonstration_password(login)))
    user.totp_secret = demonstration_totp(login) if role in SECOND_FACTOR_ROLES else None
    user.roles = [UserRole(role=role, is_administrator=role in ADMINISTRATORS)]
    session.add(user)


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.scalar(select(User.id).limit(1)) is None


def make_offices(session: Session) -> None:
    """Departments of city, counties and zones, towns, institutions and the operator, each with one account."""
    for department, office in CITY_OFFICES.items():
        _department(session, regions()[CITY], "city", department, office)
    for area in jurisdictions():
        for department, office in OFFICES.items():
            _department(session, area, area.level, department, office)
    for town in (region for region in regions().values() if region.level == "town"):
        organisation = Organisation(kind="town", level="town", region_code=town.code, name=f"{town.name}职业健康网格")
        enter_account(session, organisation, f"town-{town.code}", f"{town.name}网格员", "town")
    areas = jurisdictions()
    for kind, (count, titles) in INSTITUTIONS.items():
        for number in range(1, count + 1):
            area = areas[(number - 1) % len(areas)]
            title = titles[(number - 1) // len(areas) % len(titles)]
            organisation = Organisation(kind=kind, region_code=area.code, name=f"{area.name.partition('（')[0]}{title}（演示）")
            enter_account(session, organisation, f"{kind}-{number:02d}", f"演示用户{number:02d}", kind)
    operator = Organisation(kind="operator", region_code=CITY, name="平台运维中心（演示）")
    for role, name in zip(ADMINISTRATORS, ("系统管理员", "安全管理员", "审计员"), strict=True):
        enter_account(session, operator, role, name, role)


def _department(session: Session, area: Region, level: str, department: str, office: str) -> None:
    organisation = Organisation(kind="department", department=department, level=level, region_code=area.code, name=f"{area.name}{office}")
    enter_account(session, organisation, f"{department}-{area.code.lower()}", f"{area.name}{office}经办人", department)
    if department == "health":  # exports of many workers' data need a second person
        enter_account(session, organisation, f"health-{area.code.lower()}-2", f"{area.name}{office}复核人", department)
