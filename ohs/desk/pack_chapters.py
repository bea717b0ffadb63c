"""Chapters of the evidence pack about work and health: where the worker worked, what examinations found, what employers declared."""

from __future__ import annotations

from typing import Any

from exports.evidence_pack import Chapter, Table
from ohs.declarations.models import Declaration
from ohs.desk.pack_material import Material
from ohs.kernel.i18n import say
from ohs.kernel.policy import Permission, allowed
from ohs.registry.models import Employer
from ohs.rulebook.hazards import CATEGORIES, CATEGORY_NAMES, hazard_name
from ohs.surveillance.forms import CONCLUSION_LABELS, PHASE_LABELS
from ohs.surveillance.labels import item_label
from ohs.surveillance.models import Examination
from ohs.surveillance.records import ITEM_KEYS, TEXT_KEYS, conclusions_for, unseal_record
from ohs.surveillance.rules import ORDER

#: Values that stand side by side in one row of an examination.
ABREAST = 2
NONE = "—"
NO_MEASUREMENTS = "本系统尚未收录工作场所职业病危害因素检测报告，本章仅列用人单位在申报中的陈述；检测报告原件应由用人单位提供。"


def history_chapter(material: Material) -> Chapter:
    """Every post at every employer, and how long each hazard has acted in all."""
    rows = tuple(
        (
            _employer(material, stay.employer_id, stay.host_employer_id), f"{stay.workshop} {stay.post}".strip(), str(stay.starts_on),
            f"{stay.until}{'（离开）' if stay.ends_on else '（最近记录）'}", "、".join(dict.fromkeys(hazard_name(one.hazard_code) for one in stay.exposures)) or NONE, _cards_of(material, stay),
        )
        for stay in reversed(material.stays)
    )  # fmt: skip
    sums = tuple(
        (
            hazard_name(dose.hazard_code),
            str(dose.first_on),
            str(dose.last_on),
            "{} 年 {} 个月".format(*dose.years_and_months),
            str(dose.employers),
        )
        for dose in material.doses
    )
    if not rows:
        return Chapter("职业史与职业病危害接触史", ("没有接触史记录。",))
    return Chapter(
        "职业史与职业病危害接触史",
        ("下列记录由各用人单位历次职业健康检查的个案信息汇集而成，按开始时间排列；同一时间多处接触的，累计时间只计一次。",),
        (
            Table(
                ("用人单位", "车间、岗位", "开始", "截止", "接触的职业病危害因素", "来源（个案卡）"),
                rows,
                (2.5, 1.6, 1.5, 1.7, 2, 3),
                "职业史",
            ),
            Table(("职业病危害因素", "首次接触", "最近接触", "累计", "用人单位数"), sums, (2.6, 1.4, 1.4, 1.6, 1.2), "各因素累计接触时间"),
        ),
    )


def _employer(material: Material, employer_id: int, host_employer_id: int | None) -> str:
    names = [material.employers[id].standing.name for id in (employer_id, host_employer_id) if id]
    return " → ".join(names)


def _cards_of(material: Material, stay: Any) -> str:
    """The examinations that show the stay."""
    cards = [one for one in material.examinations if (one.employer_id, one.post) == (stay.employer_id, stay.post)]
    return "；".join(f"{one.card_no}（{one.examined_on}）" for one in reversed(cards)) or "个案信息"


def examinations_chapter(user: Any, material: Material) -> Chapter:
    """Every examination with conclusions, texts and values, and where each was handed in."""
    if not material.examinations:
        return Chapter("历次职业健康检查", ("没有职业健康检查记录。",))
    tables = [table for one in reversed(material.examinations) for table in _examination(user, material, one)]
    return Chapter("历次职业健康检查", (f"共 {len(material.examinations)} 次，按检查日期排列。",), tuple(tables))


def _examination(user: Any, material: Material, one: Examination) -> list[Table]:
    record, letters = unseal_record(one.sealed), conclusions_shown(user, one.conclusions)
    texts = {key: record[key] for letter in ORDER if letter in letters for key in TEXT_KEYS.get(letter, ()) if record.get(key)}
    texts |= {key: record[key] for key in ("advice", "chief_physician") if record.get(key)}
    source = f"{one.clinic.name}，个案卡 {one.card_no}（第 {one.revision} 版），上传批次 {material.uploads.get(one.upload_id, NONE)} 第 {one.row} 行"
    about = (
        ("用人单位、岗位", f"{_employer(material, one.employer_id, one.host_employer_id)}　{one.workshop} {one.post}"),
        ("接触 / 受检因素", f"{_hazards(one.exposed_set.hazard_codes)} / {_hazards(one.examined_set.hazard_codes)}"),
        ("报告日期、依据", f"{one.reported_on}，{one.edition}{'，复查' + (f'（前次 {one.previous_card_no}）' if one.previous_card_no else '') if one.is_recheck else ''}"),
        ("结论", "、".join(say(str(CONCLUSION_LABELS[letter])) for letter in letters) or NONE), *((item_label(key), str(value)) for key, value in texts.items()), ("来源", source),
    )  # fmt: skip
    values = [(item_label(key), _value(record[key])) for key in ITEM_KEYS if record.get(key) not in (None, "")]
    title = f"{one.examined_on}　{say(str(PHASE_LABELS[one.phase]))}检查"
    tables = [Table((), tuple((label, value) for label, value in about), (1.2, 4.8), title)]
    if values:
        values += [("", "")] * (-len(values) % ABREAST)
        rows = tuple(tuple(cell for pair in values[start : start + ABREAST] for cell in pair) for start in range(0, len(values), ABREAST))
        tables.append(Table(("项目", "结果") * ABREAST, rows, (2.2, 1.6) * ABREAST))
    return tables


def conclusions_shown(user: Any, conclusions: str) -> str:
    """To the institution that diagnoses every letter (1.4: full on a case), to an officer none that is unrelated to work."""
    return conclusions if "diagnosis" in user.role_names else conclusions_for(user, conclusions)


def _hazards(codes: tuple[str, ...]) -> str:
    return "、".join(hazard_name(code) for code in codes) or NONE


def _value(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def measurements_chapter(material: Material) -> Chapter:
    """No measurement is held; what employers have declared about measurements stands in its place."""
    rows = tuple(
        (
            one.employer.standing.name, one.number, "已检测" if one.form.get("tested") == "yes" else "未检测或者未填写", str(one.form.get("testing_institution") or NONE),
            str(one.form.get("test_report_no") or NONE), _points(material, one),
        )
        for one in material.declarations
    )  # fmt: skip
    table = Table(
        ("用人单位", "申报编号（来源）", "检测", "检测机构", "报告编号", "本人所接触因素的检测点（超标点）"),
        rows,
        (2, 3, 1.2, 1.8, 1.8, 2.2),
    )
    return Chapter("工作场所职业病危害因素检测", (NO_MEASUREMENTS,), (table,) if rows else ())


def _met(material: Material) -> set[str]:
    return {dose.hazard_code for dose in material.doses}


def _points(material: Material, declaration: Declaration) -> str:
    met = [one for one in declaration.hazards if one.hazard_code in _met(material) and one.points_tested is not None]
    return "；".join(f"{hazard_name(one.hazard_code)} {one.points_tested} 点（{one.points_over or 0}）" for one in met) or NONE


def declarations_chapter(user: Any, material: Material) -> Chapter:
    """What each employer had declared while the worker was there."""
    title = "职业病危害项目申报"
    without = _without(material)
    said = tuple(f"{one.name}：劳动者在岗期间没有已受理的申报。" for one in without)
    if not material.declarations:
        return Chapter(title, said or ("没有已受理的申报。",))
    rows = tuple(
        (one.employer.standing.name, one.filing.workplace.address, f"{one.number}（{one.year} 年）", str(one.accepted_on), _classes(one), _declared(material, one))
        for one in material.declarations
    )  # fmt: skip
    tables = [
        Table(
            ("用人单位", "工作场所", "申报编号（来源）", "受理日期", "危害类别", "本人所接触因素的申报"), rows, (2.1, 1.9, 3, 1.6, 1.6, 2.4)
        )
    ]
    for one in material.declarations:
        if allowed(user, Permission.DECLARATION_READ_FULL, one) and one.sites:
            sites = tuple((site.site, hazard_name(site.hazard_code), _count(site.exposed_repeated)) for site in one.sites)
            tables.append(
                Table(("岗位（场所）", "职业病危害因素", "接触人数"), sites, (2.4, 2.6, 1), f"{one.number}　各岗位的职业病危害因素")
            )
    return Chapter(title, said, tuple(tables))


def _classes(declaration: Declaration) -> str:
    """Classes of hazards with how many people they reach."""
    form = declaration.form
    told = [f"{CATEGORY_NAMES[name]} {_count(form[f'class_{name}'])} 人" for name in CATEGORIES if form.get(f"class_{name}")]
    return "；".join(told) or NONE


def _declared(material: Material, declaration: Declaration) -> str:
    held = {one.hazard_code: one.exposed for one in declaration.hazards}
    told = [
        f"{hazard_name(code)}：{f'已申报，接触 {_count(held[code])} 人' if code in held else '未申报'}" for code in sorted(_met(material))
    ]
    return "；".join(told) or NONE


def _count(value: int | None) -> str:
    return NONE if value is None else f"{value:,}"


def _without(material: Material) -> list[Employer]:
    held = {one.employer.standing.id for one in material.declarations}
    at = {material.employers[id].standing for stay in material.stays for id in (stay.employer_id, stay.host_employer_id) if id}
    return sorted((one for one in at if one.id not in held), key=lambda one: one.name)
