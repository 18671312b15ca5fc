"""How late hand-ins are by the course's policy, and how pages show it."""

from autograder.corrections.apply import Corrected
from autograder.course.policy import Late, Policy
from autograder.ingest.hand_ins import HandIns
from autograder.messages.late import late_sum
from autograder.text import NOTHING, Text


def late_hand_ins(policy: Policy, hand_ins: HandIns) -> dict[tuple[str, str], Late]:
    """How late each late hand-in is, by student and exercise."""
    found = {}
    for one in hand_ins.hand_ins:
        names = (one.student, hand_ins.name(one.student))
        if (late := policy.late(one.exercise, names, one.time)) is not None:
            found[one.key] = late
    return found


def sum_of(one: Corrected) -> Text:
    """What lateness costs, if it is late: ``17 − 10 % late = 15.3``."""
    return NOTHING if one.late is None else late_sum(one.result.score, one.late)
