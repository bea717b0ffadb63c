"""How personal data looks to those who need not see all of it."""

from __future__ import annotations

#: Surnames of two characters: the mask keeps them whole.
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "令狐",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "左丘",
        "西门",
        "轩辕",
        "拓跋",
        "段干",
        "淳于",
        "单于",
        "公西",
        "漆雕",
        "乐正",
        "壤驷",
        "公良",
        "夹谷",
        "宰父",
        "谷梁",
        "颛孙",
        "巫马",
        "亓官",
        "司寇",
        "子车",
        "梁丘",
        "东门",
        "第五",
        "南荣",
        "达奚",
    ]
)


def mask_name(name: str) -> str:
    """The surname and one star: 张*, 欧阳*; of a name in letters the first one."""
    name = name.strip()
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return f"{name[:2]}*"
    return f"{name[:1]}*" if name else ""


def mask_id_number(number: str) -> str:
    """The first six and the last four: 330402********1234; shorter documents keep their first and last character."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return f"{number[:1]}{'*' * (len(number) - 2)}{number[-1:]}" if len(number) > 2 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """The first three and the last four: 138****5678; of a shorter one the last four, or nothing."""
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"{'*' * (len(phone) - 4)}{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)
