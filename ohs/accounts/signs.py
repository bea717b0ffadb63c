"""The sign (发文机关代字) under which an organisation numbers its letters: chosen, or made from its name with the first letter; never two alike."""

from __future__ import annotations

from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from ohs.accounts.models import Organisation
from ohs.rulebook.organs import signs_for


def is_sign_taken(session: Session, sign: str) -> bool:
    """Whether an organisation numbers its letters so."""
    return session.scalar(select(Organisation.id).where(Organisation.document_sign == sign)) is not None


def keep_sign(session: Session, organisation: Organisation) -> str:
    """The organisation's sign; one that fits its name and is free is kept with it from now on."""
    if organisation.document_sign is None:
        name, id = organisation.name, organisation.id
        fitting = chain(signs_for(name), (f"{sign}{id}" for sign in signs_for(name)))
        organisation.document_sign = next(sign for sign in fitting if not is_sign_taken(session, sign))
        session.flush()
    return organisation.document_sign
