"""The base register of employers, one row an employer (用人单位基本信息)."""

from __future__ import annotations

import polars as pl

from imports.catalogues import EconomicType, Industry, Town
from imports.cells import Phone, integer, number, text, yes_no
from imports.check import Checking
from imports.identities import uscc
from imports.sheet import Column, Format, Policy, Sheet
from ohs.kernel.message import Message

C = Column
COLUMNS = (
    C("uscc", "统一社会信用代码", uscc(), True, ("信用代码",), Message("once in a file; one that is registered already is a correction")),
    C("name", "单位名称", text(70), True, ("用人单位名称",)),
    C("registered_address", "单位注册地址", text(120), True, ("注册地址",)),
    C("work_address", "作业场所地址", text(120), True, ("工作场所地址", "经营地址")),
    C("region", "所属镇街道", Town(), True, ("镇（街道）", "所属地区"), Message("decides the county that accepts; a zone town goes to its zone")),
    C("industry", "行业分类", Industry(), True, ("行业代码", "国民经济行业"), Message("three digits at least")),
    C("economic_type", "经济类型", EconomicType(), True, ("登记注册类型",)),
    C("employees", "从业人数", integer(0, 1_000_000), True, ("职工总数",), Message("with the revenue decides the size")),
    C("revenue_10k_cny", "营业收入（万元）", number(), aliases=("年营业收入",)),
    C("legal_representative", "法定代表人", text(30), True, ("法人",)),
    C("contact", "职业卫生管理联系人", text(30), True, ("联系人",)),
    C("contact_phone", "联系电话", Phone(), True, ("电话",)),
    C("above_size", "规上企业", yes_no(), aliases=("是否规上",), note=Message("above designated size")),
    C("explosive_dust", "涉爆粉尘", yes_no(), aliases=("涉粉尘爆炸",), note=Message("the safety department’s flag")),
)  # fmt: skip


def _once(checking: Checking) -> None:
    """A credit code twice in one file is a problem of the later row."""
    codes = checking["uscc"]
    again = codes.is_not_null() & ~codes.is_first_distinct()
    if again.any():
        first = dict(zip(reversed(codes.to_list()), reversed(checking.rows.to_list()), strict=True))
        rows = pl.Series([first.get(one) for one in codes], dtype=pl.UInt32)
        checking.refuse_each(
            again,
            "uscc",
            "duplicate",
            lambda row, code: Message("Row %(row)s has the same credit code, %(code)s; name every employer once.", row=row, code=code),
            rows,
            codes,
        )


FORMAT = Format(
    name="employers",
    title=Message("Base register of employers"),
    sheets=(Sheet(title="用人单位基本信息", columns=COLUMNS, checks=(_once,), identity=("uscc", "name")),),
    policy=Policy(repeated_row=Message("A credit code twice in one file is a problem; one that is registered already is a correction.")),
)
