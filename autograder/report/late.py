"""How late hand-ins are by the course's policy, where it has no effect, and how pages show it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from autograder.corrections.apply import Corrected
from autograder.course.policy import Late, Policy
from autograder.ingest.hand_ins import HandIns
from autograder.messages.late import late_sum
from autograder.sanitize import one_line
from autograder.text import NOTHING, Text, abbreviated, counted

MAX_LISTED = 5
"""Students that are named."""


def late_hand_ins(policy: Policy, hand_ins: HandIns) -> dict[tuple[str, str], Late]:
    """How late each late hand-in is, by student and exercise."""
    found = {}
    for one in hand_ins.hand_ins:
        names = (one.student, hand_ins.name(one.student))
        if (late := policy.late(one.exercise, names, one.time)) is not None:
            found[one.key] = late
    return found


def without_times(policy: Policy, hand_ins: HandIns) -> Iterator[Text]:
    """A line for each exercise with a deadline and hand-ins whose time is unknown."""
    unknown: dict[str, list[str]] = defaultdict(list)
    for one in hand_ins.hand_ins:
        if one.exercise in policy.deadlines and not one.handed_in:
            unknown[one.exercise].append(hand_ins.name(one.student))
    for exercise, names in sorted(unknown.items()):
        some = abbreviated(names, MAX_LISTED)
        yield Text(
            en=f"{exercise}: when {counted(len(names), 'hand-in')} came is unknown, so nothing is "
            f"taken off for lateness ({some}). Write times into the collected.csv that "
            "`autograder collect` makes, or into a timestamp.txt beside the notebook",
            ja=f"{exercise}：提出日時が分からない{len(names)}件（{some}）は、遅れによる減点をしていません。"
            "日時は、`autograder collect`が作るcollected.csvか、ノートブックと同じフォルダーの"
            "timestamp.txtに書いてください。",
        )


def unknown_extensions(
    policy: Policy, hand_ins: HandIns, people: Collection[str] = ()
) -> Iterator[Text]:
    """A line for each extension of a student of whom nothing is known.

    Args:
        policy: the course's policy.
        hand_ins: knows the students who have handed in, and whom the roster misses.
        people: more students, such as those of the roster as it is now.
    """
    students = {one.student for one in (*hand_ins.hand_ins, *hand_ins.gone)}
    students |= {one.student for one in hand_ins.ungraded}
    known = students | {hand_ins.name(student) for student in students} | {*people}
    for name in sorted({*policy.extensions} - known):
        alike = get_close_matches(name, sorted(known), 1)
        shown = one_line(name, 60)
        yield Text(
            en=f"course.toml: the extension of {shown!r} changes nothing, since nobody is called "
            "that (yet). Write the name or the folder as in grades.csv"
            + (f", perhaps {alike[0]!r}" if alike else ""),
            ja=f"course.toml：「{shown}」という受講者が（まだ）いないため、この期限延長は適用されていません。"
            "名前かフォルダー名をgrades.csvのとおりに書いてください"
            + (f"（「{alike[0]}」でしょうか）。" if alike else "。"),
        )


def sum_of(one: Corrected) -> Text:
    """What lateness costs, if it is late: ``17 − 10 % late = 15.3``."""
    return NOTHING if one.late is None else late_sum(one.result.score, one.late)
