"""What a worker is told of a case in plain words."""

from __future__ import annotations

import pytest

from ohs.cases.kinds import KINDS
from ohs.cases.kinds.work_injury import WORK_INJURY
from ohs.cases.models import Case, CaseTrack
from ohs.cases.plain import CORRECTED, INJURY, NOT_CONFIRMED, NOT_OWN, PLAIN, plain_status


def test_every_status_that_a_worker_meets_has_plain_words() -> None:
    for code, kind in KINDS.items():
        if code in NOT_OWN:
            continue
        lifecycle = kind.tracks["main"]
        met = {step.after for step in lifecycle.steps} - {"", "closed_withdrawn"}
        assert set(PLAIN[code]) == met, code
    injury = KINDS["susp"].tracks[WORK_INJURY]
    assert set(INJURY) == {step.after for step in injury.steps} - {""}


@pytest.mark.parametrize("status", sorted(INJURY))
def test_after_a_diagnosis_work_injury_is_what_goes_on(status: str) -> None:
    case = Case(kind="susp", status="diagnosed_yes", tracks=[CaseTrack(kind="susp", track=WORK_INJURY, status=status)])
    assert plain_status(case) == INJURY[status]
    case.tracks.append(CaseTrack(kind="susp", track="appraisal", status="final_no"))
    assert plain_status(case) == NOT_CONFIRMED
    case.status = "closed_withdrawn"
    assert plain_status(case) == CORRECTED
