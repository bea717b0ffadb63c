"""Making one of two entries, and two of one again: a merge is a pointer, no row is moved."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.audit import audit
from ohs.kernel.bulk import lock_for_loading
from ohs.kernel.clock import now
from ohs.kernel.errors import DomainError
from ohs.kernel.message import Message
from ohs.kernel.touched import touch
from ohs.registry.models import DuplicatePair, Employer, Merge, Worker
from ohs.registry.services import ANSWERED, GIVEN, derived_fields, keep_version

#: Fields of a kept entry that a merge may take from the other one.
MERGED_FIELDS = {"employer": ("name", *GIVEN[1:]), "worker": ("name", "sex", "birth_on", "phone", "employer_id")}
#: Fields that go with another one, as the two say one thing together.
TOGETHER = {"economic_type": ("economic_type_standard",), "employer_id": ("county_code", "region_code")}
MODELS: dict[str, type[Employer] | type[Worker]] = {"employer": Employer, "worker": Worker}
Record = Employer | Worker


def result_of(kind: str, kept: Record, other: Record, taken: set[str], on: date) -> dict[str, Any]:
    """What of the kept record would change, and to what: the fields taken over, and for an employer what follows from them."""
    wanted: dict[str, Any] = {}
    for name in MERGED_FIELDS[kind]:
        if name in taken:
            wanted |= {one: getattr(other, one) for one in (name, *TOGETHER.get(name, ()))}
    if isinstance(kept, Employer) and wanted:
        given = {name: wanted.get(name, getattr(kept, name)) for name in GIVEN}
        derived = derived_fields(given, on)
        if derived["risk_class"] == "ask":
            derived["risk_class"] = _answered(given["industry_code"], (kept, other))
        wanted |= derived
    return {name: value for name, value in wanted.items() if getattr(kept, name) != value}


def _answered(industry: str, records: Iterable[Record]) -> str:
    """The class that a declaration has settled for either of the two, where the industry leaves it open."""
    known = (
        one.risk_class for one in records if isinstance(one, Employer) and one.industry_code == industry and one.risk_class in ANSWERED
    )
    return next(known, "ask")


def merge_records(session: Session, pair: DuplicatePair, kept_id: int, taken: set[str], *, reason: str, actor: User, on: date) -> Merge:
    """Let one record of a pair stand for both. `taken` names the fields that the kept one takes from the other.

    Nothing is moved: the other, and all that were merged into it, point to the kept one, so that undoing is one act.
    """
    _take(session, pair)
    if kept_id not in (pair.left_id, pair.right_id):
        raise DomainError(Message("Choose which of the two stays."), status=400)
    kept, other = _both(session, pair.kind, kept_id, pair.left_id if kept_id == pair.right_id else pair.right_id)
    if kept.merged_into_id is not None or other.merged_into_id is not None:
        raise DomainError(Message("One of the two was merged elsewhere meanwhile."))
    changed = {name: [getattr(kept, name), value] for name, value in result_of(pair.kind, kept, other, taken, on).items()}
    for name, (_before, value) in changed.items():
        setattr(kept, name, value)
    merge = Merge(
        kind=pair.kind, kept_id=kept.id, merged_id=other.id, pair_id=pair.id, reason=reason.strip(), merged_by_id=actor.id,
        fields=json.dumps({name: [_plain(value) for value in values] for name, values in changed.items()}, ensure_ascii=False),
    )  # fmt: skip
    pair.state, pair.decided_at, pair.decided_by_id = "merged", now(), actor.id
    session.add(merge)
    session.flush()
    _point(session, pair.kind)
    if isinstance(kept, Employer) and changed:
        keep_version(session, kept, changed, actor=actor)
    touch(session, pair.kind, [kept.id, other.id])
    session.add(audit(f"{pair.kind}:merged", kept, actor, after={"merged": other.id, "fields": sorted(changed)}, reason=reason.strip()))
    return merge


def undo_merge(session: Session, merge: Merge, *, actor: User) -> list[str]:
    """Make two records of one again, with the fields as they were; returns the fields that somebody has changed since and that stay."""
    _wait_for_others(session, merge.kind)
    session.refresh(merge)
    if merge.undone_at is not None:
        raise DomainError(Message("This merge was undone already."))
    kept, other = _both(session, merge.kind, merge.kept_id, merge.merged_id)
    back: dict[str, Any] = {}
    stays: list[str] = []
    for name, (before, after) in json.loads(merge.fields or "{}").items():
        if _plain(getattr(kept, name)) == after:
            back[name] = [getattr(kept, name), date.fromisoformat(before) if name == "birth_on" and before else before]
        else:
            stays.append(name)
    for name, (_now, value) in back.items():
        setattr(kept, name, value)
    merge.undone_at, merge.undone_by_id = now(), actor.id
    if merge.pair_id is not None and (pair := session.get(DuplicatePair, merge.pair_id)):
        pair.state, pair.decided_at, pair.decided_by_id = "open", None, None
    session.flush()
    _point(session, merge.kind)
    if isinstance(kept, Employer) and back:
        keep_version(session, kept, back, actor=actor)
    touch(session, merge.kind, [kept.id, other.id])
    session.add(audit(f"{merge.kind}:unmerged", kept, actor, after={"merged": other.id, "stays": sorted(stays)}))
    return stays


def _point(session: Session, kind: str) -> None:
    """Let every merged record point to the one that stands in the end, by the merges that have not been undone."""
    standing = select(Merge.merged_id, Merge.kept_id).where(Merge.kind == kind, Merge.undone_at.is_(None))
    into = {row.merged_id: row.kept_id for row in session.execute(standing)}
    model: Any = MODELS[kind]
    concerned = session.scalars(select(model).where(model.merged_into_id.is_not(None) | model.id.in_(list(into)))).all()
    for record in concerned:
        target = into.get(record.id)
        while target in into:
            target = into[target]
        if record.merged_into_id != target:
            record.merged_into_id = target
    session.flush()
    for record in concerned:
        session.expire(record, ["merged_into"])


def keep_apart(session: Session, pair: DuplicatePair, *, actor: User) -> None:
    """Remember that the two are not one; the pair will not be asked again."""
    _take(session, pair)
    pair.state, pair.decided_at, pair.decided_by_id = "distinct", now(), actor.id
    session.add(audit(f"{pair.kind}:kept-apart", f"{pair.left_id}/{pair.right_id}", actor))


def _wait_for_others(session: Session, kind: str) -> None:
    """Merges of a kind are made one after the other: each points anew from all that stand."""
    lock_for_loading(session, f"merges of {kind}")


def _take(session: Session, pair: DuplicatePair) -> None:
    """The pair as it stands once everybody else is done; refused where one of them has settled it."""
    _wait_for_others(session, pair.kind)
    session.refresh(pair)
    if pair.state != "open":
        raise DomainError(Message("This pair was settled meanwhile."))


def _both(session: Session, kind: str, kept_id: int, other_id: int) -> tuple[Record, Record]:
    model: Any = MODELS[kind]
    return session.get_one(model, kept_id), session.get_one(model, other_id)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
