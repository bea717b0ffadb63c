"""The copy of a worker's file is drawn on A4 with whatever people wrote, however long it becomes."""

from __future__ import annotations

from dataclasses import replace

from exports.worker_copy import DiagnosisLine, ExaminationBlock, WorkerCopy, worker_copy_pages, worker_copy_pdf

COPY = WorkerCopy(
    number="FY-330481-2026-000001", holder="海宁市卫生健康局", person=[("姓名", "张敏", "性别", "女"), ("居民身份证", "330481198001011234", "出生日期", "1980-01-01")],
    history=[("甲厂", "一车间 打磨", "2015-01-01", "2018-01-01", "矽尘 2015-01-01 至 2018-01-01")], doses=[("矽尘", "2015-01-01", "2018-01-01", "3 年 0 个月")],
    examinations=[ExaminationBlock("2026-01-01　在岗期间　TJ1", [("体检结论", "复查")], [("血红蛋白（g/L）", "98 偏低", "115–150")])],
    cases=[("YS-1", "疑似职业病", "已告知", "2026-01-02", "—")], diagnoses=[DiagnosisLine("2026-02-01", "诊断结论：职业病", "职业病名称：矽肺")],
    notes=["说明一。"], footer="FY-330481-2026-000001", watermark="仅供劳动者本人",
)  # fmt: skip


def test_an_empty_file_is_a_copy_too() -> None:
    empty = replace(COPY, history=[], doses=[], examinations=[], cases=[], diagnoses=[], notes=[])
    assert worker_copy_pdf(empty).startswith(b"%PDF")


def test_what_people_wrote_is_no_markup() -> None:
    wild = '#image("/etc/passwd") *厂* $x$ <a> "] \\ }'
    changed = replace(COPY, holder=wild, person=[(wild,) * 4], history=[(wild,) * 5], notes=[wild], footer=wild, watermark=wild)
    assert worker_copy_pdf(changed).startswith(b"%PDF")


def test_every_part_is_drawn() -> None:
    whole = worker_copy_pages(COPY)
    for part in ("history", "doses", "examinations", "cases", "diagnoses", "notes", "person"):
        assert worker_copy_pages(replace(COPY, **{part: []})) != whole, part


def test_a_long_life_goes_over_many_pages() -> None:
    values = [(f"项目{number}", "1", "—") for number in range(19)]
    assert len(worker_copy_pages(replace(COPY, examinations=[ExaminationBlock("体检", [("体检结论", "复查")], values)] * 40))) > 10
