"""The receipt is drawn with every character that a name can hold, and its picture carries the address of the check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from exports.receipt import ReceiptSheet, receipt_pdf, receipt_png

SHEET = ReceiptSheet(
    number="浙嘉职卫申〔2026〕01-000001号", employer="甲厂", uscc="91350100M000100Y43", workplace="示范路1号", acceptor="南湖区卫生健康局", kind="初次申报",
    accepted_on=date(2026, 11, 24), classes=(("物理因素", 40),), employees=60, exposed=40, hazards=("噪声",), risk="一般", update_from=None, update_to=None,
    code="33MKUY3TX8WS", url="http://localhost/verify/33MKUY3TX8WS",
)  # fmt: skip
#: Of Extension A, of Extension E and later, and one that no font of ours has (a private sign).
RARE, MISSING = "㛃䶮㙦𬭊𠮷", "\ue123"


def test_rare_characters_of_names_are_drawn() -> None:
    pictures = {character: receipt_png(replace(SHEET, employer=f"{character}厂")) for character in RARE + MISSING}
    assert [character for character in RARE if pictures[character] == pictures[MISSING]] == []
    assert len(set(pictures.values())) == len(RARE) + 1


def test_what_people_wrote_is_no_markup() -> None:
    assert receipt_pdf(replace(SHEET, employer='#image("/etc/passwd") *厂* $x$ <a> "]', workplace="\\ ] }")).startswith(b"%PDF")
