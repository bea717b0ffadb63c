"""What messages about cases are about: each topic has one writer of its lines."""

#: A step of one case, or something to be done on it.
STEP = "case"
#: Many cases that were opened, or changed, together.
MANY = "cases"
#: A hand-over that came, or was answered.
HAND_OVER = "case-hand-over"
#: Somebody waits, and says so.
REMINDER = "case-reminder"
