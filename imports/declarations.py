"""Declarations of occupational hazards: five sheets tied by 序号 (职业病危害项目申报)."""

from __future__ import annotations

from typing import Any

import polars as pl

from imports.catalogues import EconomicType, Hazards, Industry, Town
from imports.cells import Code, Integer, Phone, integer, number, text
from imports.check import Checking
from imports.days import day
from imports.identities import uscc
from imports.sheet import Column, Format, Policy, Sheet
from imports.text import BLANK_SIGNS
from imports.ties import Tie
from ohs.kernel.message import Message
from ohs.rulebook.hazards import hazard_name
from ohs.rulebook.industries import risk_class

DECLARATIONS, HAZARDS, PRODUCTS, MATERIALS, SITES = "申报表", "危害因素", "产品", "原辅料", "作业场所分布"
KINDS = Code(
    {"初次申报": "initial", "变更申报": "change", "年度更新": "update", "注销申报": "cancel"},
    {"初次": "初次申报", "变更": "变更申报", "注销": "注销申报"},
)
REASONS = Code(
    {
        "工艺设备材料变更": "process",
        "名称地址负责人变更": "identity",
        "检测评价结果变化": "result",
        "规模类型行业变化": "size",
        "建设项目": "project",
    }
)
OWNERSHIP = Code({"中央": "central", "省属": "provincial", "其他": "other"})
SIZES = Code({"大型": "large", "中型": "medium", "小型": "small", "微型": "micro"})
YES_NO = Code({"是": "yes", "否": "no"})
HAS = Code({"有": "yes", "无": "no"})
TESTED = Code({"检测": "yes", "未检测": "no"})
EXAMINED = Code({"开展": "yes", "未开展": "no"})
#: The form of 2012 is the first that is kept.
FIRST_YEAR = 2012
#: In these columns 无 is an answer.
WITHOUT_NONE = tuple(sign for sign in BLANK_SIGNS if sign != "无")

C = Column
TIED = Message("of the sheet 申报表")
REF = C("ref", "序号", text(20), True, note=TIED)
MAIN = (
    C("ref", "序号", text(20), True, ("编号",), Message("ties the rows of the other sheets to this declaration; once in the file")),
    C("kind", "申报类型", KINDS, True, ("申报类别",)),
    C("change_reason", "变更原因", REASONS, note=Message("required for 变更申报")),
    C("changed_on", "变更日期", day(), aliases=("变化日期",), note=Message("required for 变更申报")),
    C("year", "申报年份", Integer(FIRST_YEAR, until_this_year=True), True),
    C("uscc", "统一社会信用代码", uscc(), True, ("信用代码",), Message("of a registered employer")),
    C("employer_name", "单位名称", text(70), True, ("用人单位名称",)),
    C("work_address", "作业场所地址", text(120), True, ("工作场所地址",), Message("a new address makes a new workplace")),
    C("region", "所属镇街道", Town(), True, ("镇（街道）",)),
    C("ownership", "隶属关系", OWNERSHIP, True, note=Message("with the town decides who accepts")),
    C("size", "企业规模", SIZES, True),
    C("economic_type", "经济类型", EconomicType(), True, ("注册类型",)),
    C("industry", "行业分类", Industry(), True, note=Message("three digits at least")),
    C("solvents", "含苯等有机溶剂", YES_NO, aliases=("是否使用含苯等物质的胶粘剂、清洗剂、油墨、涂料",), note=Message("required where the risk class of the industry depends on it")),
    C("legal_representative", "法定代表人", text(30), True),
    C("filler", "填报人", text(30), True),
    C("filler_phone", "填报人电话", Phone(), True),
    C("contact", "职业卫生管理联系人", text(30), True),
    C("contact_phone", "联系电话", Phone(), True),
    C("has_organisation", "职业卫生管理机构", HAS, True, signs=WITHOUT_NONE),
    C("staff_full_time", "专职管理人员数", integer(0, 10_000), True),
    C("staff_part_time", "兼职管理人员数", integer(0, 10_000), True),
    C("employees", "本单位在册职工总数", integer(1, 1_000_000), True, ("在册职工总数",)),
    C("outsourced", "外委人员总数", integer(0, 1_000_000), True),
    C("exposed", "接害总人数（含外委）", integer(0, 1_000_000), True, ("接害总人数",), Message("at most employees and outsourced together")),
    C("diseases_so_far", "职业病累计人数", integer(0, 100_000), True, note=Message("not below the last accepted declaration")),
    C("head_trained", "主要负责人培训", YES_NO, True),
    C("managers_trained", "职业卫生管理人员培训", YES_NO, True),
    C("workers_trained", "接害劳动者年度培训人数", integer(0, 1_000_000), True, ("接害因素年度培训总人数",), Message("at most the exposed")),
    C("tested", "本年度检测情况", TESTED, True),
    C("testing_institution", "检测机构名称", text(70), note=Message("required when tested")),
    C("test_report_no", "检测报告编号", text(60), note=Message("required when tested")),
    C("examined", "职业健康监护开展情况", EXAMINED, True),
    C("clinic", "检查机构名称", text(70), note=Message("required when examinations were held")),
    C("exam_report_no", "职业健康检查总结报告编号", text(60)),
)  # fmt: skip
HAZARD = Hazards(many=False)
HAZARD_COLUMNS = (
    REF,
    C("hazard", "危害因素名称", HAZARD, True, ("职业病危害因素",), Message("once per declaration")),
    C("exposed", "接触人数", integer(1, 1_000_000), True, note=Message("at most the exposed of the declaration")),
    C("points_tested", "检测点数", integer(0, 10_000), note=Message("required when tested")),
    C("points_over", "超标点数", integer(0, 10_000), note=Message("at most the points tested")),
    C("due_for_exam", "应检人数", integer(0, 1_000_000), note=Message("at most the exposed")),
    C("examined", "实检人数", integer(0, 1_000_000), note=Message("at most those due")),
)  # fmt: skip
PRODUCT_COLUMNS = (
    REF,
    C("name", "产品名称", text(70), True, note=Message("无 where nothing is produced"), signs=WITHOUT_NONE),
    C("yearly", "年产量", number(0), True, note=Message("0 where nothing is produced")),
    C("unit", "计量单位", text(20), True, signs=WITHOUT_NONE),
)
MATERIAL_COLUMNS = (
    REF,
    C("name", "主要原辅料名称", text(70), True, signs=WITHOUT_NONE),
    C("yearly", "年用量", number(0), True),
    C("unit", "计量单位", text(20), True, signs=WITHOUT_NONE),
)
SITE_COLUMNS = (
    REF,
    C("site", "作业场所名称", text(70), True, ("车间",)),
    C("hazard", "危害因素名称", HAZARD, True, note=Message("among the hazards of the declaration")),
    C("exposed_repeated", "接触人数（可重复）", integer(0, 1_000_000), True),
    C("exposed_distinct", "接触人数（不重复）", integer(0, 1_000_000), note=Message("once per site"), expected=True),
)


def _refs(checking: Checking) -> None:
    """The number of a declaration is unique in the file."""
    refs = checking["ref"]
    again = refs.is_not_null() & ~refs.is_first_distinct()
    if again.any():
        first = dict(zip(reversed(refs.to_list()), reversed(checking.rows.to_list()), strict=True))
        rows = pl.Series([first.get(one) for one in refs], dtype=pl.UInt32)
        checking.refuse_each(
            again,
            "ref",
            "duplicate",
            lambda row, ref: Message("Row %(row)s has the same number, %(ref)s; every declaration has its own.", row=row, ref=ref),
            rows,
            refs,
        )


def _needs(checking: Checking) -> None:
    """What one answer asks for besides."""
    change = checking["kind"] == "change"
    checking.require(change, "change_reason", Message("For 变更申报 the reason is needed."))
    checking.require(change, "changed_on", Message("For 变更申报 the day of the change is needed."))
    tested = checking["tested"] == "yes"
    checking.require(tested, "testing_institution", Message("The workplace was tested: name the institution."))
    checking.require(tested, "test_report_no", Message("The workplace was tested: give the number of the report."))
    checking.require(checking["examined"] == "yes", "clinic", Message("Examinations were held: name the clinic."))


def _solvents(checking: Checking) -> None:
    """Where the risk class of the industry depends on solvents, the answer is needed."""
    codes = checking["industry"].drop_nulls().unique()
    asking = [code for code in codes if (answer := risk_class(code, checking.on)).is_answered and _asks_for_solvents(answer.value)]
    depends = checking["industry"].is_in(asking)
    checking.require(depends, "solvents", Message("The risk class of this industry depends on it: say yes or no."))


def _asks_for_solvents(value: Any) -> bool:
    return isinstance(value, dict) and value.get("ask") == "solvents"


def _people(checking: Checking) -> None:
    """Sums of people fit one another; both numbers are told."""
    everybody = checking["employees"] + checking["outsourced"]
    checking.refuse_each(
        checking["exposed"] > everybody, "exposed", "disagrees",
        lambda exposed, everybody: Message("%(exposed)s exposed are more than the %(people)s employees and outsourced together.", exposed=exposed, people=everybody),
        "exposed", everybody, or_at=("employees", "outsourced"),
    )  # fmt: skip
    checking.refuse_each(
        checking["workers_trained"] > checking["exposed"], "workers_trained", "disagrees",
        lambda trained, exposed: Message("%(trained)s trained are more than %(exposed)s exposed.", trained=trained, exposed=exposed),
        "workers_trained", "exposed", or_at=("exposed",),
    )  # fmt: skip


def _counts(checking: Checking) -> None:
    for part, whole in (("points_over", "points_tested"), ("due_for_exam", "exposed"), ("examined", "due_for_exam")):
        checking.refuse_each(
            checking[part] > checking[whole], part, "disagrees",
            lambda less, more: Message("%(part)s is more than %(whole)s.", part=less, whole=more), part, whole, or_at=(whole,),
        )  # fmt: skip


def _tie(sheets: dict[str, Checking]) -> None:
    """Every row of the other sheets belongs to a declaration, and every declaration has its hazards and products."""
    main = sheets[DECLARATIONS]
    closing = (main["kind"] == "cancel").fill_null(False)
    for name in (HAZARDS, PRODUCTS, MATERIALS, SITES):
        other = sheets[name]
        tie = Tie(main, other, "ref")
        astray = tie.strays & other["ref"].is_not_null() & ~tie.explained
        other.refuse_each(astray, "ref", "unknown-code", _no_declaration, "ref")
        if name not in (HAZARDS, PRODUCTS):
            continue
        without = main["ref"].is_not_null() & ~main["ref"].is_in(other["ref"].drop_nulls().implode()) & ~closing & ~tie.may_lack
        main.refuse(without, "ref", "required", Message("This declaration has no row in the sheet “%(name)s”.", name=name))


def _no_declaration(ref: str) -> Message:
    return Message("The sheet 申报表 has no declaration with the number %(ref)s.", ref=ref)


def _of_main(sheets: dict[str, Checking], other: Checking, key: str) -> pl.Series:
    """A value of the declaration to which each row of another sheet belongs."""
    main = sheets[DECLARATIONS]
    first = main["ref"].is_not_null() & main["ref"].is_first_distinct()
    table = dict(zip(main["ref"].filter(first), main[key].filter(first), strict=True))
    return pl.Series([table.get(ref) for ref in other["ref"]], dtype=main[key].dtype)


def _hazards(sheets: dict[str, Checking]) -> None:
    """Each hazard once, with what the declaration's answers ask for."""
    rows = sheets[HAZARDS]
    pairs = pl.DataFrame({"ref": rows["ref"], "hazard": rows["hazard"]})
    rows.refuse_each(
        _again(pairs), "hazard", "duplicate",
        lambda code: Message("%(name)s is named twice in the declaration; once is enough.", name=hazard_name(code)), "hazard",
    )  # fmt: skip
    exposed = _of_main(sheets, rows, "exposed")
    rows.refuse_each(
        rows["exposed"] > exposed, "exposed", "disagrees",
        lambda part, whole: Message("%(part)s is more than the %(whole)s exposed of the declaration.", part=part, whole=whole), "exposed", exposed,
    )  # fmt: skip
    tested, examined = _of_main(sheets, rows, "tested") == "yes", _of_main(sheets, rows, "examined") == "yes"
    for key in ("points_tested", "points_over"):
        rows.require(tested, key, Message("The declaration says that the workplace was tested: give the points."))
    for key in ("due_for_exam", "examined"):
        rows.require(examined, key, Message("The declaration says that examinations were held: give the people."))


def _again(pairs: pl.DataFrame) -> pl.Series:
    whole = pairs["hazard"].is_not_null() & pairs["ref"].is_not_null()
    return whole & ~pl.Series(pairs.select(pl.struct("ref", "hazard").is_first_distinct()).to_series())


def _totals(sheets: dict[str, Checking]) -> None:
    """Exposed people in all: at least the largest class, at most the sum of the classes, as the hazards give them."""
    main, rows = sheets[DECLARATIONS], sheets[HAZARDS]
    sums = (
        pl.DataFrame({"ref": rows["ref"], "exposed": rows["exposed"]})
        .group_by("ref")
        .agg(pl.col("exposed").sum().alias("all"), pl.col("exposed").null_count().alias("open"))
    )
    known = {ref: total for ref, total, unknown in sums.iter_rows() if ref is not None and not unknown}
    high = pl.Series([known.get(ref) for ref in main["ref"]], dtype=pl.Int64)
    bad = rows["ref"].filter(rows.bad("exposed", "hazard")).drop_nulls().unique()
    doubtful = main["ref"].is_in(bad.implode()).fill_null(False) | Tie(main, rows, "ref").may_lack | main.bad("exposed")
    main.refuse_each(
        (main["exposed"] > high) & ~doubtful, "exposed", "disagrees",
        lambda exposed, total: Message("%(exposed)s exposed are more than the %(total)s that all hazards together reach.", exposed=exposed, total=total),
        "exposed", high,
    )  # fmt: skip


def _sites(sheets: dict[str, Checking]) -> None:
    """Sites name declared hazards; people counted once are given once per site, between the largest hazard and the sum."""
    rows, hazards = sheets[SITES], sheets[HAZARDS]
    declared = {(ref, code) for ref, code in zip(hazards["ref"], hazards["hazard"], strict=True) if ref is not None and code is not None}
    unread = set(hazards["ref"].filter(hazards.bad("hazard")).drop_nulls())
    loose = set(hazards["hazard"].filter(Tie(sheets[DECLARATIONS], hazards, "ref").strays).drop_nulls())
    strange = pl.Series(
        [
            ref is not None and code is not None and ref not in unread and code not in loose and (ref, code) not in declared
            for ref, code in zip(rows["ref"], rows["hazard"], strict=True)
        ],
        dtype=pl.Boolean,
    )
    rows.refuse_each(
        strange, "hazard", "disagrees",
        lambda code: Message("%(name)s is not among the hazards of the declaration.", name=hazard_name(code)), "hazard",
    )  # fmt: skip
    unsure = Tie(sheets[DECLARATIONS], rows, "ref").doubtful | set(rows["ref"].filter(rows.bad("site")).drop_nulls())
    placed = pl.DataFrame(
        {
            "at": range(len(rows)),
            "ref": rows["ref"],
            "site": rows["site"],
            "many": rows["exposed_repeated"],
            "once": rows["exposed_distinct"],
            "bad": rows.bad("exposed_repeated", "exposed_distinct"),
        }
    )
    by_site = (
        placed.filter(pl.col("ref").is_not_null() & pl.col("site").is_not_null() & ~pl.col("ref").is_in(list(unsure)))
        .group_by("ref", "site", maintain_order=True)
        .agg(
            pl.col("bad").any(),
            pl.col("at").first(),
            pl.col("at").filter(pl.col("once").is_not_null()).alias("given"),
            pl.col("once").drop_nulls(),
            pl.col("many").null_count().alias("open"),
            pl.col("many").max().alias("low"),
            pl.col("many").sum().alias("high"),
        )
    )
    missing, several = ([False] * len(rows) for _ in range(2))
    bounds: list[tuple[int, int] | None] = [None] * len(rows)
    for site in by_site.filter(~pl.col("bad")).iter_rows(named=True):
        if not site["given"]:
            missing[site["at"]] = True
        elif len(set(site["once"])) > 1:
            several[site["given"][1]] = True
        elif not site["open"] and not site["low"] <= site["once"][0] <= site["high"]:
            bounds[site["given"][0]] = (site["low"], site["high"])
    missing_message = Message("Say once for this site how many people that is, each counted once.")
    rows.refuse(pl.Series(missing, dtype=pl.Boolean), "exposed_distinct", "required", missing_message)
    several_message = Message("This site has two different counts of people; give one.")
    rows.refuse(pl.Series(several, dtype=pl.Boolean), "exposed_distinct", "disagrees", several_message)
    low, high = (pl.Series([pair[end] if pair else None for pair in bounds], dtype=pl.Int64) for end in (0, 1))
    rows.refuse_each(
        low.is_not_null(), "exposed_distinct", "disagrees",
        lambda once, low, high: Message("%(count)s is not between the largest hazard of the site (%(low)s) and the sum of its hazards (%(high)s).", count=once, low=low, high=high),
        "exposed_distinct", low, high,
    )  # fmt: skip


FORMAT = Format(
    name="declarations",
    title=Message("Declarations of occupational hazards"),
    sheets=(
        Sheet(
            title="职业病危害项目申报表",
            columns=MAIN,
            checks=(_refs, _needs, _solvents, _people),
            identity=("ref", "uscc", "employer_name"),
            name=DECLARATIONS,
        ),
        Sheet(title=HAZARDS, columns=HAZARD_COLUMNS, checks=(_counts,), identity=("ref", "hazard"), name=HAZARDS),
        Sheet(title=PRODUCTS, columns=PRODUCT_COLUMNS, identity=("ref", "name"), name=PRODUCTS),
        Sheet(title=MATERIALS, columns=MATERIAL_COLUMNS, identity=("ref", "name"), name=MATERIALS),
        Sheet(title=SITES, columns=SITE_COLUMNS, identity=("ref", "site"), name=SITES),
    ),
    policy=Policy(
        repeated_row=Message(
            "A number twice in one file is a problem. Where a workplace's declaration was returned, the row corrects it; where one is open otherwise, the row is refused."
        )
    ),
    checks=(_tie, _hazards, _totals, _sites),
    tie="ref",
)
