"""Forms of the pages that show many areas."""

from __future__ import annotations

from ohs.surveillance.forms import PurposeForm


class RevealForm(PurposeForm):
    """Why a worker's file is opened: the same question as for an examination."""
