"""What messages about cases are about: each topic has one writer of its lines."""

#: A step of one case, or something to be done on it.
STEP = "case"
#: Many cases that were opened, or changed, together.
MANY = "cases"
#: A hand-over that came, or was answered.
HAND_OVER = "case-hand-over"
#: A visit on the spot that a town was asked for, or that it need not make any more.
VISIT = "case-visit"
#: A joint meeting was called, moved or called off.
MEETING = "joint-meeting"
#: Somebody waits, and says so.
REMINDER = "case-reminder"
