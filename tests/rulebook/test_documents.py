"""Sources are read by the title of the law, whatever sign the tables carry."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from ohs.rulebook.documents import cited
from ohs.rulebook.tables import table


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("O48 安监总局令第48号 第8条第2项", "《职业病危害项目申报办法》第8条第2项"),
        ("O48 第5、6条", "《职业病危害项目申报办法》第5、6条"),
        ("N5 国家卫生健康委令第5号 第8条", "《工作场所职业卫生管理规定》第8条"),
        (
            "ODL 职业病防治法 第35条; O49 安监总局令第49号 第11、12条",
            "《职业病防治法》第35条；《用人单位职业健康监护监督管理办法》第11、12条",
        ),
        ("WII 工伤保险条例 第五章", "《工伤保险条例》第五章"),
        ("GBZ 188-2025 附录A.3", "GBZ 188-2025 附录A.3"),
        ("安监总局令第47号 第20条", "安监总局令第47号 第20条"),
        ("", ""),
    ],
)
def test_a_source_is_read_by_its_title(source: str, read: str) -> None:
    assert cited(source) == read


def test_no_article_of_a_deadline_keeps_its_sign() -> None:
    read = {cited(row["article"]) for row in table("deadlines")}
    assert [article for article in read if re.match(r"(?!GBZ)[A-Z]", article)] == []


def test_the_shell_tells_people_the_title_and_programs_the_table(app: Flask) -> None:
    question = ["rule", "deadline", "kind=declaration-receipt", "from=2026-11-24"]
    told = app.test_cli_runner().invoke(args=question).output
    assert told.count("《职业病危害项目申报办法》第6条") == 2 and "O48" not in told
    assert '"source": "O48 安监总局令第48号 第6条"' in app.test_cli_runner().invoke(args=[*question, "--json"]).output
