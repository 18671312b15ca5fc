"""What the class page lists beside its table: what needs the instructor, what is odd. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.corrections.apply import EVERY, Correction
from autograder.ingest.hand_ins import HandIn, HandIns
from autograder.messages import hand_ins as hand_in_messages
from autograder.messages.pages import say
from autograder.report import instructor
from autograder.report.class_rows import Row
from autograder.sanitize import link


@dataclass(frozen=True, slots=True)
class Notice:
    """Something for the instructor to look at; ``href`` is "" if it has no page.

    ``open`` are the criteria whose points wait for the instructor.
    """

    student: str
    exercise: str
    href: str
    reason: str
    open: tuple[str, ...] = ()


def with_status(rows: Sequence[Row], exercises: Sequence[str], status: str) -> list[Notice]:
    """The entries with this status; those whose points wait for the instructor come first."""
    found = [
        Notice(row.student, exercise, entry.href, entry.reason, entry.open)
        for row in rows
        for exercise, entry in zip(exercises, row.entries, strict=True)
        if entry and entry.status == status
    ]
    return sorted(found, key=lambda notice: not notice.open)


def not_handed_in(rows: Sequence[Row], exercises: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The names of those who handed in nothing, by exercise; exercises with nobody are left out."""
    missing = [
        (id, [row.student for row in rows if row.entries[i] is None and not row.ungraded])
        for i, id in enumerate(exercises)
    ]
    return [(id, names) for id, names in missing if names]


def corrected(entries: Iterable[Correction], hand_ins: HandIns, lang: str) -> list[Notice]:
    """What the instructor has decided."""
    return [_correction(one, hand_ins, lang) for one in entries]


def ungraded(hand_ins: HandIns, lang: str) -> list[Notice]:
    """What was handed in but not graded, with the reason."""
    return [
        Notice(hand_ins.name(left.student), "", "", hand_in_messages.not_graded(left)[lang])
        for left in hand_ins.ungraded
        if left.student not in hand_ins.absent
    ]


def remarked(hand_ins: HandIns, lang: str) -> list[Notice]:
    """What is unusual about the files that were graded."""
    return [
        _about(one, hand_ins, remark[lang])
        for one in hand_ins.hand_ins
        for remark in hand_in_messages.remarks_for_instructor(one)
    ]


def gone(hand_ins: HandIns, lang: str) -> list[Notice]:
    """Results whose files no longer exist."""
    return [_about(one, hand_ins, hand_in_messages.gone(one)[lang]) for one in hand_ins.gone]


def _correction(one: Correction, hand_ins: HandIns, lang: str) -> Notice:
    everybody = one.student == EVERY
    name = say(lang, "everybody") if everybody else hand_ins.name(one.student)
    what = one.exercise if one.criterion == EVERY else f"{one.exercise} · {one.criterion}"
    return Notice(name, what, "", instructor.decision(one)[lang])


def _about(one: HandIn, hand_ins: HandIns, text: str) -> Notice:
    is_gone = hand_ins.is_gone(one.student, one.exercise)
    href = "" if is_gone else link("feedback", one.student, f"{one.exercise}.html")
    return Notice(hand_ins.name(one.student), one.exercise, href, text)
