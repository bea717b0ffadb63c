"""Results of occupational health examinations, one row an examination (职业健康检查结果)."""

from __future__ import annotations

import polars as pl

from imports.catalogues import Disease, Hazards
from imports.cells import Code, Codes, Phone, Ratio, code, integer, number, text, yes_no
from imports.check import Checking
from imports.days import LIES_AHEAD, Day, day
from imports.identities import RESIDENT, resident_id, sex_and_birth, uscc
from imports.raw import nulls
from imports.sheet import Column, Format, Policy, Sheet
from ohs.kernel.message import Message
from ohs.rulebook.hazards import hazard_name

NORMAL, RECHECK, SUSPECTED, CONTRAINDICATION, OTHER, NONE_YET = (
    "目前未见异常", "复查", "疑似职业病", "职业禁忌证", "其他疾病或异常", "暂无个体结论",
)  # fmt: skip
CONCLUSIONS = code(
    NORMAL, RECHECK, SUSPECTED, CONTRAINDICATION, OTHER, NONE_YET,
    others={"职业禁忌症": CONTRAINDICATION, "未见异常": NORMAL},
)  # fmt: skip
#: Kept as the slugs of the phases; the tail 职业健康检查 may stand behind every one.
PHASES = Code(
    {"上岗前": "pre-placement", "在岗期间": "in-service", "离岗时": "leaving", "应急": "emergency", "离岗后": "follow-up"},
    {"岗前": "上岗前", "岗中": "在岗期间", "在岗": "在岗期间", "离岗": "离岗时"},
)
ID_TYPES = code(RESIDENT, "港澳台居民居住证", "护照", "外国人永久居留证", "其他")
#: Nobody has worked before this age.
WORKING_AGE = 16
#: What must go with a conclusion.
GOES_WITH = {
    RECHECK: ("recheck_items", Message("The conclusion is 复查: say what is to be examined again.")),
    SUSPECTED: ("suspected_disease", Message("The conclusion is 疑似职业病: name the disease.")),
    CONTRAINDICATION: ("contraindication", Message("The conclusion is 职业禁忌证: name the contraindication.")),
    OTHER: ("other_finding", Message("The conclusion is 其他疾病或异常: say what was found.")),
}

C = Column
COLUMNS = (
    C("card_no", "档案编号", text(40), True, ("体检编号", "体检号", "档案号"), Message("unique within the clinic; one that is committed already is a correction"), "TJ20260001"),
    C("worker_name", "姓名", text(50), True, ("劳动者姓名", "受检者姓名"), example="张三"),
    C("id_type", "证件类型", ID_TYPES, aliases=("证件类别", "身份证件类型"), note=Message("blank means 居民身份证")),
    C("id_number", "证件号码", resident_id("id_type"), True, ("身份证号", "身份证号码", "身份证件号码", "公民身份号码"), Message("as text, so that no place is lost"), after=("id_type",)),
    C("sex", "性别", code("男", "女"), True, note=Message("agrees with the identity number")),
    C("birth_date", "出生日期", Day(may_be_future=True), aliases=("出生年月日",), note=Message("agrees with the identity number; derived from it when blank")),
    C("phone", "联系电话", Phone(), aliases=("手机号", "手机号码", "电话")),
    C("employer_name", "用人单位名称", text(70), True, ("用人单位", "单位名称", "工作单位")),
    C("employer_uscc", "统一社会信用代码", uscc(), True, ("用人单位统一社会信用代码", "信用代码", "单位信用代码"), Message("an employer that is not registered is kept and reported")),
    C("host_employer_name", "用工单位名称", text(70), aliases=("实际用工单位", "用工单位"), note=Message("for dispatched workers")),
    C("host_employer_uscc", "用工单位统一社会信用代码", uscc(), aliases=("实际用工单位信用代码",), note=Message("required when a host employer is named")),
    C("workshop", "车间", text(50), aliases=("车间名称", "部门")),
    C("post", "岗位", text(50), True, ("工种", "岗位（工种）", "岗位名称"), example="打磨"),
    C("work_years", "总工龄（年）", integer(0, 70), aliases=("总工龄-年", "总工龄年"), note=Message("not above age less 16")),
    C("work_months", "总工龄（月）", integer(0, 11), aliases=("总工龄-月", "总工龄月")),
    C("exposure_started_on", "开始接害日期", Day(may_be_future=True), aliases=("接害开始日期",), note=Message("not after the examination")),
    C("exposure_years", "接害工龄（年）", integer(0, 70), aliases=("接害工龄-年", "实际接害工龄-年"), note=Message("required for 在岗期间 and 离岗时; not above total service")),
    C("exposure_months", "接害工龄（月）", integer(0, 11), aliases=("接害工龄-月", "实际接害工龄-月")),
    C("exposed_hazards", "接触的职业病危害因素", Hazards(many=True), True, ("接害因素", "接触危害因素", "接触有害因素"), example="矽尘、噪声"),
    C("examined_hazards", "体检危害因素", Hazards(many=True), True, ("监护危害因素", "体检的危害因素"), Message("each is among the exposed ones unless the examination is 应急"), "噪声"),
    C("phase", "体检类型", PHASES, True, ("体检类别", "检查类型", "职业健康检查类别")),
    C("is_recheck", "是否复查", yes_no(), aliases=("复查标志",), note=Message("blank means 否")),
    C("previous_card_no", "复查对应档案编号", text(40), aliases=("原档案编号", "初检编号"), note=Message("required for 复查; an examination of the same worker at your clinic that was not later, in this file or committed")),
    C("examined_on", "体检日期", day(), True, ("检查日期",), Message("not after the report"), "2026-11-23"),
    C("reported_on", "报告日期", day(Message("The report is dated %(day)s, after the day of handing in; check it.")), True, ("报告出具日期",), Message("not after the day of handing in"), "2026-11-23"),
    C("systolic_mmhg", "收缩压（mmHg）", number(50, 300), aliases=("收缩压",), note=Message("above the diastolic")),
    C("diastolic_mmhg", "舒张压（mmHg）", number(20, 200), aliases=("舒张压",)),
    C("wbc_10e9_l", "白细胞计数（10^9/L）", number(0, 500), aliases=("白细胞计数", "WBC")),
    C("rbc_10e12_l", "红细胞计数（10^12/L）", number(0, 15), aliases=("红细胞计数", "RBC")),
    C("hb_g_l", "血红蛋白（g/L）", number(10, 300), aliases=("血红蛋白", "Hb", "HGB")),
    C("plt_10e9_l", "血小板计数（10^9/L）", number(0, 2000), aliases=("血小板计数", "PLT")),
    C("alt_u_l", "谷丙转氨酶（U/L）", number(0, 5000), aliases=("谷丙转氨酶", "ALT", "丙氨酸氨基转移酶")),
    C("urine_protein", "尿蛋白", text(20)),
    C("urine_glucose", "尿糖", text(20)),
    C("ecg", "心电图", text(200), aliases=("12导联心电图",)),
    C("chest_film", "胸片", code("未见异常", "尘肺样改变", "其他异常", "未检查"), aliases=("DR胸片", "X射线胸片", "后前位胸片"), note=Message("its absence where the protocol asks for it is a finding")),
    C("fvc_pct", "FVC（%）", number(5, 200), aliases=("用力肺活量", "FVC%")),
    C("fev1_pct", "FEV1（%）", number(5, 200), aliases=("第一秒用力呼气容积", "FEV1%")),
    C("fev1_fvc_pct", "FEV1/FVC（%）", Ratio(5, 100), aliases=("一秒率", "FEV1/FVC"), note=Message("a value of at most 1 is read as a ratio")),
    C("hearing_high_db", "双耳高频平均听阈（dB）", number(-10, 120), aliases=("双耳高频平均听阈",)),
    C("hearing_speech_left_db", "左耳语频平均听阈（dB）", number(-10, 120), aliases=("左耳语频平均听阈",)),
    C("hearing_speech_right_db", "右耳语频平均听阈（dB）", number(-10, 120), aliases=("右耳语频平均听阈",)),
    C("blood_lead_ug_l", "血铅（μg/L）", number(0, 5000), aliases=("血铅",)),
    C("conclusions", "体检结论", Codes(CONCLUSIONS), True, ("结论", "职业健康检查结论"), Message("目前未见异常 stands alone"), NORMAL),
    C("recheck_items", "复查项目", text(200), aliases=("复查内容",), note=Message("required with 复查")),
    C("suspected_disease", "疑似职业病名称", Disease("reported_on"), aliases=("疑似职业病",), note=Message("required with 疑似职业病"), after=("reported_on",)),
    C("contraindication", "职业禁忌证名称", text(100), aliases=("职业禁忌证",), note=Message("required with 职业禁忌证")),
    C("other_finding", "其他疾病或异常", text(500), aliases=("其他异常描述",), note=Message("required with 其他疾病或异常")),
    C("advice", "处理意见", text(500), aliases=("医学建议", "建议")),
    C("chief_physician", "主检医师", text(30), True, ("主检医生",)),
)  # fmt: skip


def _identity(checking: Checking) -> None:
    """Kind of document, sex and birth date as the number tells them."""
    kind = checking["id_type"].fill_null(RESIDENT)
    kind = kind.zip_with(~checking.bad("id_type"), checking["id_type"])
    checking["id_type"] = kind
    sex, born = sex_and_birth(checking["id_number"], (kind == RESIDENT).fill_null(False) & ~checking.bad("id_number"))
    checking.refuse_each(
        sex.is_not_null() & (checking["sex"] != sex), "sex", "disagrees",
        lambda given, told: Message("The cell says %(given)s, the identity number %(told)s; one of the two is wrong.", given=given, told=told),
        "sex", sex, or_at=("id_number",),
    )  # fmt: skip
    checking.refuse_each(
        born.is_not_null() & (checking["birth_date"] != born), "birth_date", "disagrees",
        lambda given, told: Message("The cell says %(given)s, the identity number %(told)s; one of the two is wrong.", given=str(given), told=str(told)),
        "birth_date", born, or_at=("id_number",),
    )  # fmt: skip
    unborn = born.is_null() & (checking["birth_date"] > checking.on).fill_null(False)
    checking.refuse_each(unborn, "birth_date", "in-the-future", lambda day: Message(LIES_AHEAD.id, day=str(day)), "birth_date")
    told = nulls(pl.Date, len(checking)).zip_with(unborn, checking["birth_date"])
    checking["birth_date"] = born.zip_with(born.is_not_null(), told)


def _cards(checking: Checking) -> None:
    """A number that comes again in the file is a problem of the later row."""
    cards = checking["card_no"]
    again = cards.is_not_null() & ~cards.is_first_distinct()
    if not again.any():
        return
    first = dict(zip(reversed(cards.to_list()), reversed(checking.rows.to_list()), strict=True))
    rows = pl.Series([first.get(card) for card in cards], dtype=pl.UInt32)
    checking.refuse_each(
        again, "card_no", "duplicate",
        lambda row, card: Message("Row %(row)s has the same number, %(card)s; every examination has its own.", row=row, card=card), rows, cards,
    )  # fmt: skip


def _host(checking: Checking) -> None:
    named = checking["host_employer_name"].is_not_null()
    checking.require(named, "host_employer_uscc", Message("A host employer is named: give its credit code."))


def _service(checking: Checking) -> None:
    """Years of work and of exposure fit age and one another."""
    examined, born = checking["examined_on"], checking["birth_date"]
    had_birthday = _day_of_year(examined) >= _day_of_year(born)
    age = examined.dt.year() - born.dt.year() - (~had_birthday).cast(pl.Int32)
    years = checking["work_years"]
    checking.refuse_each(
        years > age - WORKING_AGE, "work_years", "disagrees",
        lambda given, age: Message("%(years)s years of work are more than the age of %(age)s years less 16.", years=given, age=age), "work_years", age,
    )  # fmt: skip
    checking.refuse_each(
        checking["exposure_started_on"] > examined, "exposure_started_on", "order",
        lambda started, examined: Message("Exposure began (%(started)s) after the examination (%(examined)s); check both days.", started=str(started), examined=str(examined)),
        "exposure_started_on", examined, or_at=("examined_on",),
    )  # fmt: skip
    in_post = checking["phase"].is_in(["in-service", "leaving"])
    checking.require(in_post, "exposure_years", Message("For 在岗期间 and 离岗时 the years of exposure are needed."))
    exposure = checking["exposure_years"] * 12 + checking["exposure_months"].fill_null(0)
    # Without months the years of work can mean anything up to the end of the last year.
    work = checking["work_years"] * 12 + checking["work_months"].fill_null(11)
    whole = ~checking.bad("work_years", "work_months", "exposure_years", "exposure_months")
    checking.refuse_each(
        (exposure > work) & whole, "exposure_years", "disagrees",
        lambda *given: Message("The time of exposure (%(exposure)s) is longer than the total service (%(work)s).", exposure=_span(*given[:2]), work=_span(*given[2:])),
        "exposure_years", "exposure_months", "work_years", "work_months", or_at=("work_years",),
    )  # fmt: skip


def _day_of_year(days: pl.Series) -> pl.Series:
    """Month and day as one number; the narrow one in which a month comes could not hold it."""
    return days.dt.month().cast(pl.Int32) * 100 + days.dt.day()


def _span(years: int, months: int | None) -> Message:
    if months is None:
        return Message("%(years)s years", years=years)
    return Message("%(years)s years %(months)s months", years=years, months=months)


def _hazards(checking: Checking) -> None:
    """What is examined is what the worker is exposed to, unless it is an emergency."""
    both = pl.DataFrame({"exposed": checking["exposed_hazards"], "examined": checking["examined_hazards"]})
    pairs = both.drop_nulls().unique()
    strange = {
        (exposed, examined): names for exposed, examined in pairs.iter_rows() if (names := sorted(set(examined.split(";")) - set(exposed.split(";"))))
    }  # fmt: skip
    if not strange:
        return
    emergency = (checking["phase"] == "emergency").fill_null(False) | checking.bad("phase")
    found = pl.Series([strange.get(pair) is not None for pair in both.iter_rows()], dtype=pl.Boolean)
    listed = pl.Series([",".join(strange.get(pair, ())) for pair in both.iter_rows()], dtype=pl.String)
    checking.refuse_each(found & ~emergency, "examined_hazards", "disagrees", _not_exposed, listed, or_at=("exposed_hazards",))


def _not_exposed(codes: str) -> Message:
    return Message(
        "%(names)s is not among the hazards that the worker is exposed to.", names=tuple(hazard_name(code) for code in codes.split(","))
    )


def _rechecks(checking: Checking) -> None:
    """A re-examination names the first one: in this file it is of the same worker and not later."""
    checking.require(checking["is_recheck"], "previous_card_no", Message("This is a re-examination: give the number of the first one."))
    previous = checking["previous_card_no"]
    if previous.is_null().all():
        return
    own = previous == checking["card_no"]
    checking.refuse(
        own, "previous_card_no", "disagrees", Message("This is the number of the row itself; give that of the first examination.")
    )
    rows = pl.DataFrame([checking[key] for key in ("card_no", "id_type", "id_number", "examined_on")])
    first = rows.drop_nulls("card_no").unique("card_no", keep="first")
    both = rows.with_columns(previous.alias("card_no")).join(first, on="card_no", how="left", suffix="_there", maintain_order="left")
    same = (pl.col("id_type") == pl.col("id_type_there")) & (pl.col("id_number") == pl.col("id_number_there"))
    found = both.select(wrong=~same, later=same & (pl.col("examined_on_there") > pl.col("examined_on"))).fill_null(False)
    wrong, later = (found[name] & ~own.fill_null(False) for name in ("wrong", "later"))
    checking.refuse_each(wrong, "previous_card_no", "disagrees", of_another_worker, previous)
    checking.refuse_each(later, "previous_card_no", "order", made_later, previous)


def of_another_worker(card: str) -> Message:
    """What is said where a re-examination names somebody else's examination."""
    return Message("The examination %(card)s is of another worker; give the number of this worker’s first examination.", card=card)


def made_later(card: str) -> Message:
    """What is said where a re-examination names one that came after it."""
    return Message("The examination %(card)s was made later than this one; a re-examination follows the first.", card=card)


def _order(checking: Checking) -> None:
    checking.refuse_each(
        checking["examined_on"] > checking["reported_on"], "examined_on", "order",
        lambda examined, reported: Message("The examination (%(examined)s) is dated after its report (%(reported)s); check both days.", examined=str(examined), reported=str(reported)),
        "examined_on", "reported_on", or_at=("reported_on",),
    )  # fmt: skip


def _blood_pressure(checking: Checking) -> None:
    checking.refuse_each(
        checking["systolic_mmhg"] <= checking["diastolic_mmhg"], "systolic_mmhg", "disagrees",
        lambda high, low: Message("The systolic pressure (%(high)s) is not above the diastolic (%(low)s); check both.", high=f"{high:g}", low=f"{low:g}"),
        "systolic_mmhg", "diastolic_mmhg", or_at=("diastolic_mmhg",),
    )  # fmt: skip


def _conclusions(checking: Checking) -> None:
    """No abnormality stands alone; the others bring what belongs to them."""
    held = checking["conclusions"]
    together = held.str.contains(NORMAL, literal=True) & (held != NORMAL)
    checking.refuse(together, "conclusions", "disagrees", Message("目前未见异常 stands alone; take it away or the others."))
    for label, (key, message) in GOES_WITH.items():
        checking.require(held.str.contains(label, literal=True) & ~together.fill_null(False), key, message)


FORMAT = Format(
    name="examinations",
    title=Message("Examination results"),
    sheets=(
        Sheet(
            title="职业健康检查结果",
            columns=COLUMNS,
            checks=(_identity, _cards, _host, _service, _hazards, _rechecks, _order, _blood_pressure, _conclusions),
            identity=("card_no", "worker_name", "id_number"),
        ),
    ),
    policy=Policy(
        repeated_row=Message(
            "A card number that your clinic has committed already is a correction; the same number twice in one file is a problem."
        )
    ),
)
