"""Earlier versions of an examination as its readers may see them: what each said, what the next one changed, and who handed that in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from ohs.accounts.models import User
from ohs.kernel.policy import Permission, allowed
from ohs.surveillance.labels import Change, changes_of, item_label
from ohs.surveillance.models import Examination, ExaminationRevision, HazardSet
from ohs.surveillance.records import Shown, show_examination
from ohs.uploads.models import Upload


@dataclass(frozen=True)
class Version:
    """One version that a correction replaced."""

    number: int
    replaced_at: datetime
    #: Who handed in the correction: a person for those of the same organisation, else the organisation.
    replaced_by: str
    #: Receipt number of the correction.
    by_upload: str
    changes: list[Change]
    #: What it said; `None` for whom it was never to be read.
    shown: Shown | None
    hazards: Sequence[str]


def earlier_versions(
    session: Session, examination: Examination, now: Shown, revisions: Sequence[ExaminationRevision], user: Any
) -> list[Version]:
    """The versions before this one, the latest first, each cut to what the reader may know of it."""
    plain, made, after, by = changes_of(examination, revisions, user), [], now, examination.upload_id
    for one in revisions:
        before = _as_it_was(examination, one)
        is_told = allowed(user, Permission.EXAMINATION_READ_CONCLUSION, before)
        shown = show_examination(before, user) if is_told else None
        changes = plain[one.revision] + (_of_contents(shown, after) if shown is not None else [])
        upload = session.get_one(Upload, by)
        hazards = session.get_one(HazardSet, before.examined_set_id).hazard_codes
        made.append(Version(one.revision, one.replaced_at, _sender(session, upload, user), upload.number, changes, shown, hazards))
        after, by = shown or after, one.upload_id
    return made


def _as_it_was(examination: Examination, revision: ExaminationRevision) -> Examination:
    """An earlier version as a record of its own that is never stored, so that the same rules read it."""
    columns = [column.key for column in Examination.__table__.columns if column.key not in ("sealed", "recorded_at")]
    now = {name: getattr(examination, name) for name in columns}
    past = {name: _day(name, value) for name, value in revision.plain.items() if name in now}
    return Examination(
        **(now | past | {"revision": revision.revision, "sealed": revision.sealed, "upload_id": revision.upload_id, "row": revision.row})
    )


def _day(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name.endswith("_on") and isinstance(value, str) else value


def _of_contents(before: Shown, after: Shown) -> list[Change]:
    """Values and texts that differ, as far as both are shown."""
    told = ((before.texts | before.items), (after.texts | after.items))
    differing = [key for key in {**told[0], **told[1]} if (told[0].get(key) or "") != (told[1].get(key) or "")]
    word = lambda value: "—" if value in (None, "") else str(value)  # noqa: E731
    return [Change(item_label(key), word(told[0].get(key)), word(told[1].get(key))) for key in differing]


def _sender(session: Session, upload: Upload, user: Any) -> str:
    if user.organisation_id != upload.organisation_id:
        return upload.organisation.name
    return session.get_one(User, upload.committed_by_id or upload.user_id).name
