"""The examinations' side of the road of uploads: what only the database can check, what a commit would change, the commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from imports.check import Checked
from imports.examinations import FORMAT, made_later, of_another_worker
from imports.problems import Severity
from ohs.accounts.models import User
from ohs.cases.clocks import work_calendar
from ohs.kernel.bulk import found_among, rows_among
from ohs.kernel.i18n import say
from ohs.kernel.message import Message
from ohs.registry.models import Worker
from ohs.registry.recognition import canonical_ids, find_employers, with_indexes
from ohs.registry.scopes import scopes_of
from ohs.rulebook.deadlines import basis_of, deadline, find_deadline
from ohs.rulebook.examinations import edition_on, items_without_column, required_columns
from ohs.rulebook.hazards import CATEGORY_NAMES, category_of
from ohs.surveillance.case_review import CASE_LABELS, Before, follow_up, preview_cases
from ohs.surveillance.duties import ACTOR_LABELS
from ohs.surveillance.loading import DueDay, commit_examinations
from ohs.surveillance.models import Examination
from ohs.surveillance.outcome import TEMPLATE, outcome
from ohs.surveillance.overdue_lines import close_by_upload
from ohs.surveillance.rules import LETTERS, OBLIGING, finding_dues, letters
from ohs.uploads.formats import Committed, HandedIn, register_format
from ohs.uploads.models import Upload
from ohs.uploads.page import merged

NOT_EXAMINED = "未检查"
PREVIEW_LABELS: Mapping[str, Message] = {
    "new": Message("New examinations"),
    "corrections": Message("Corrections of committed ones"),
    "other_workers": Message("Corrections that turn to another worker"),
    "new_workers": Message("Workers seen for the first time"),
    "unknown_employers": Message("Employers not in the register"),
    "suspected": Message("Suspected occupational diseases"),
    "contraindications": Message("Contraindications"),
    "rechecks": Message("Re-examinations ordered"),
    **CASE_LABELS,
}


def due_days(session: Session) -> DueDay:
    """The last day of a statutory or default duty, by this office's calendar."""
    calendar = work_calendar(session)

    @cache
    def due_day(slug: str, start: date) -> date | None:
        answer = deadline(slug, start, work=calendar)
        return answer.value["due"] if answer.is_answered else None

    return due_day


def examine(session: Session, checked: Checked, upload: Upload, on: date) -> Mapping[str, Any]:
    """Add findings (unknown employer, hazard outside the filing, mandatory item missing) and refuse what contradicts the records."""
    assert checked.main is not None
    checked.learn(with_indexes(checked.main.values))
    _check_previous_cards(session, checked, upload)
    rows = checked.accepted
    unknown = _find_unknown_employers(session, checked, rows)
    _find_outside_scope(session, checked, rows, upload)
    _find_missing_items(checked, rows)
    return _preview(session, checked.accepted, upload, unknown)


def _check_previous_cards(session: Session, checked: Checked, upload: Upload) -> None:
    """A re-examination names an earlier examination of the same worker at this clinic, committed before.

    What it names in the file itself was held against it there, whether or not that row has other problems.
    """
    assert checked.main is not None
    rows = checked.main.values
    asked = rows.filter(
        pl.col("previous_card_no").is_not_null() & ~pl.col("previous_card_no").is_in(rows["card_no"].drop_nulls().implode())
    )
    if asked.is_empty():
        return
    question = (
        select(Examination.card_no, Examination.examined_on, Worker.id, Worker.merged_into_id)
        .join(Worker, Worker.id == Examination.worker_id)
        .where(Examination.clinic_id == upload.organisation_id)
    )
    committed = {row.card_no: row for row in rows_among(session, question, Examination.card_no, asked["previous_card_no"].unique())}
    workers = _workers_of(session, asked, committed.values())
    said: dict[str, list[tuple[Message, tuple[int]]]] = {"unknown-code": [], "disagrees": [], "order": []}
    for row, card, on, worker in zip(asked["row"], asked["previous_card_no"], asked["examined_on"], workers.asking, strict=True):
        first = committed.get(card)
        if first is None:
            said["unknown-code"].append((_not_known(card), (row,)))
        elif worker is None:
            continue
        elif worker != workers.kept.get(first.id, first.id):
            said["disagrees"].append((of_another_worker(card), (row,)))
        elif on is not None and first.examined_on > on:
            said["order"].append((made_later(card), (row,)))
    for code, sentences in said.items():
        checked.problems.add_each(sentences, checked.place("previous_card_no"), code)


def _not_known(card: str) -> Message:
    return Message("No examination with the number %(card)s is known at your clinic; give the number of the first examination.", card=card)


@dataclass(frozen=True)
class _Workers:
    """Whom rows are about: nobody known is 0, a number that cannot be read is none; and which workers were merged into which."""

    asking: list[int | None]
    kept: dict[int, int]


def _workers_of(session: Session, asked: pl.DataFrame, others: Iterable[Any]) -> _Workers:
    indexes = asked["id_index"].to_list()
    columns = (Worker.id_index, Worker.id, Worker.merged_into_id)
    rows = found_among(session, columns, Worker.id_index, {index for index in indexes if index is not None})
    known = {bytes(row.id_index): row.id for row in rows}
    kept = canonical_ids(session, Worker, {row.id for row in (*rows, *others) if row.merged_into_id is not None})
    return _Workers([None if index is None else kept.get(known.get(index, 0), known.get(index, 0)) for index in indexes], kept)


def _find_unknown_employers(session: Session, checked: Checked, rows: pl.DataFrame) -> int:
    unknown: set[str] = set()
    for key in ("employer_uscc", "host_employer_uscc"):
        codes = rows[key].drop_nulls().unique().to_list()
        known = {uscc for uscc, employer in find_employers(session, codes).items() if employer.is_registered}
        missing = set(codes) - known
        unknown |= missing
        for code, numbers in rows.filter(pl.col(key).is_in(list(missing))).group_by(key, maintain_order=True).agg("row").iter_rows():
            checked.add(
                numbers, key, "unknown-employer",
                Message("The employer %(code)s is not in the register; its examinations are kept, and the register will be completed.", code=code),
                Severity.FINDING,
            )  # fmt: skip
    return len(unknown)


def _find_outside_scope(session: Session, checked: Checked, rows: pl.DataFrame, upload: Upload) -> None:
    pairs = rows.group_by("examined_hazards", "examined_on", maintain_order=True).agg("row")
    scopes = scopes_of(session, upload.organisation_id)
    outside: dict[str, list[int]] = {}
    for codes, day, numbers in pairs.iter_rows():
        for category in {category_of(code) for code in codes.split(";")} - scopes(day):
            outside.setdefault(category, []).extend(numbers)
    for category, numbers in sorted(outside.items()):
        checked.add(
            sorted(numbers), "examined_hazards", "out-of-scope",
            Message("Hazards of the category “%(category)s” are outside what your clinic has on file.", category=CATEGORY_NAMES[category]),
            Severity.FINDING,
        )  # fmt: skip


def _find_missing_items(checked: Checked, rows: pl.DataFrame) -> None:
    """Items that the protocol of the hazards asks for and the format can carry."""
    first = rows.filter(~pl.col("is_recheck").fill_null(False))
    days = first["examined_on"].unique()
    editions = pl.Series([edition_on(day) or "" for day in days], dtype=pl.String)
    keyed = first.with_columns(edition=pl.col("examined_on").replace_strict(days, editions, return_dtype=pl.String))
    kind = ("examined_hazards", "phase", "edition")
    needed: dict[str, list[tuple[str, str, str]]] = {}
    for codes, phase, edition, day in keyed.unique(kind).select(*kind, "examined_on").iter_rows():
        for key in required_columns(codes.split(";"), phase, day).columns:
            needed.setdefault(key, []).append((codes, phase, edition))
    for key in (column.key for column in FORMAT.sheet().columns if column.key in needed):
        asked = keyed.filter(_is_absent(key)).join(pl.DataFrame(needed[key], schema=kind, orient="row"), on=kind, how="semi")
        checked.add(
            asked["row"].sort(), key, "missing-item",
            Message("The protocol of these hazards asks for this item, and it is blank."), Severity.FINDING,
        )  # fmt: skip


def _is_absent(key: str) -> pl.Expr:
    """Where an item was not examined: blank, or said not to be."""
    blank = pl.col(key).is_null()
    return blank | (pl.col(key) == NOT_EXAMINED) if key == "chest_film" else blank


def _preview(session: Session, rows: pl.DataFrame, upload: Upload, unknown_employers: int) -> Mapping[str, Any]:
    if rows.is_empty():
        return dict.fromkeys(PREVIEW_LABELS, 0)
    own = Examination.clinic_id == upload.organisation_id
    question = (
        select(
            Examination.card_no,
            Worker.id,
            Worker.merged_into_id,
            Examination.id.label("record_id"),
            Examination.revision,
            Examination.conclusions,
        )
        .join(Worker, Worker.id == Examination.worker_id)
        .where(own)
    )
    corrected = {row.card_no: row for row in rows_among(session, question, Examination.card_no, rows["card_no"])}
    workers = _workers_of(session, rows, corrected.values())
    turning = _turning_to_another(rows, workers, corrected)
    before = {
        card: Before(row.record_id, row.revision, row.conclusions, workers.kept.get(row.id, row.id)) for card, row in corrected.items()
    }
    strangers = rows.filter(pl.Series([not worker for worker in workers.asking], dtype=pl.Boolean)).n_unique(("id_type", "id_number"))
    tally = dict.fromkeys("SCR", 0)
    for text, count in rows["conclusions"].value_counts().iter_rows():
        for letter in letters(text.split(";")):
            if letter in tally:
                tally[letter] += count
    return {
        "new": len(rows) - len(corrected),
        "corrections": len(corrected),
        "other_workers": len(turning),
        "other_workers_rows": merged(turning),
        "new_workers": strangers,
        "unknown_employers": unknown_employers,
        "suspected": tally["S"],
        "contraindications": tally["C"],
        "rechecks": tally["R"],
        **preview_cases(session, rows, workers.asking, before, upload),
        **_dues(session, rows),
    }


def _turning_to_another(rows: pl.DataFrame, workers: _Workers, corrected: Mapping[str, Any]) -> list[int]:
    """The rows whose card number is committed for somebody else: a record corrected so leaves the worker who had it."""
    had = {card: workers.kept.get(row.id, row.id) for card, row in corrected.items()}
    cards = zip(rows["row"], rows["card_no"], workers.asking, strict=True)
    return [row for row, card, worker in cards if card in had and worker != had[card]]


#: The figure of the preview under which the days of a conclusion stand.
_FIGURES = {"S": "suspected", "C": "contraindications", "R": "rechecks"}


def _dues(session: Session, rows: pl.DataFrame) -> dict[str, list[str]]:
    """What committing obliges to: for each conclusion a line for every duty: who, by law or not, its first and its last day."""
    due_day, held = due_days(session), [name for name, letter in LETTERS.items() if letter in OBLIGING]
    kinds = ("conclusions", "phase", "examined_on", "reported_on", "suspected_disease")
    found: dict[tuple[str, str], tuple[date, list[date]]] = {}
    for text, phase, examined_on, reported_on, disease in (
        rows.filter(pl.col("conclusions").str.contains_any(held)).unique(kinds).select(kinds).iter_rows()
    ):
        for kind in letters(text.split(";")):
            if kind not in OBLIGING:
                continue
            for slug, day in finding_dues(kind, phase, examined_on, reported_on, due_day, disease).items():
                found.setdefault((kind, slug), (reported_on, []))[1].append(date.fromisoformat(day))
    lines: dict[str, list[str]] = {f"{_FIGURES[kind]}_names": [] for kind, _slug in sorted(found)}
    for (kind, slug), (start, days) in sorted(found.items()):
        first, last = min(days).isoformat(), max(days).isoformat()
        row = find_deadline(slug, start)
        told = f"{row['name_zh']}（{ACTOR_LABELS.get(row['actor'], row['actor'])}，{say(basis_of(slug, start))}）" if row else slug
        lines[f"{_FIGURES[kind]}_names"].append(f"{told}：{first}" if first == last else f"{told}：{first} – {last}")
    return lines


def commit(session: Session, checked: Checked, upload: Upload, user: User, on: date) -> Committed:
    """Write the accepted rows, and open and review the cases that follow from them."""
    rows = checked.accepted
    if rows.is_empty():
        return Committed(0, 0)
    batch = commit_examinations(session, rows, upload, on, due_days(session))
    follow_up(batch, rows, user)
    close_by_upload(batch, user)
    return batch.committed()


def register() -> None:
    """Put examinations on the road of uploads."""
    register_format(
        HandedIn(
            FORMAT, frozenset({"clinic"}), examine, commit, PREVIEW_LABELS, items_without_column, outcome=outcome, outcome_template=TEMPLATE
        )
    )
