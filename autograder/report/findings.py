"""What a page says about each part: its criteria, grouped by what there is to say. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.course.hints import mistake_hints
from autograder.course.models import Criterion, Exercise, Reveal
from autograder.messages import pages
from autograder.messages.printed import can_be_pasted
from autograder.report.drawing import Picture, pictures
from autograder.report.markup import MAX_LENGTH, truncated
from autograder.status import NOTHING_TO_FIX, WRONG, Status
from autograder.text import LANGUAGES, Text
from autograder.verdict.result import Counterexample, CriterionResult, Result

NOTHING_TO_SHOW = frozenset({"", "—"})
"""A field of a counterexample that is empty, as when the code raised."""

NAME = "next_error_name"
"""What to try next if a name is not found; then no criterion's hint can help."""

UNWRITTEN = "next_unwritten"
"""What to try next if the part, or one that it needs, has not been written yet."""

SHAPES = "next_error_shapes"
"""What to try next if arrays do not fit; then the criterion's hint may still help."""

ERRORS = {
    NAME: "NameError|ImportError|ModuleNotFoundError",
    "next_error_attribute": "AttributeError",
    SHAPES: "ValueError|IndexError",
}
"""Exceptions for which there is more to say about what to try next."""

NO_ADVICE = frozenset({Status.PASSED, Status.GRADER_ERROR})
"""Passed criteria need none, and grader errors have a banner."""

_UNWRITTEN = re.compile(r"\A`[^`]+` has not been written yet\.|, which has not been written yet\.")

ABOUT_DTYPES = re.compile(r"\b(?:dtype|float\d+|bool)\b")
"""What a hint about dtypes mentions, and the message of a failure that it is for."""

OF_ANOTHER_TYPE = re.compile(
    r"\bof type `|\(None\)|\A`[^`]+` is None\.|has the wrong type|\bvalues? instead of \d"
    r"|wrong number of values was returned"
)
"""What a message says if something else came back than the exercise asks for."""

ABOUT_TYPES = re.compile(r"\b(?:int|integers?|return|tuple)\b")
"""What a hint mentions that may help then."""


@dataclass(slots=True)
class _Room:
    """What is left of a page's size, so that no page is larger than 150 kB.

    Attributes:
        entries: how many more entries of arrays are drawn; others are shown as text.
        characters: how many more characters long texts may take; others are cut short.
    """

    entries: int = 400
    characters: int = 3000

    def drawn(self, found: list[Picture]) -> list[Picture]:
        size = sum(len(row) for picture in found for grid in picture.grids for row in grid.rows)
        if size > self.entries:
            return []
        self.entries -= size
        return found

    def text(self, text: Text) -> Text:
        limit = MAX_LENGTH if self.characters > 0 else SHORT
        self.characters -= max(0, len(text["en"]) - SHORT)
        return shortened(text, limit)


SHORT = 120
"""Characters of a text where a page has no room left for long ones."""


@dataclass(frozen=True, slots=True)
class Item:
    """One criterion as the page shows it."""

    id: str
    title: Text
    points: float
    max_points: float
    bonus: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of feedback, shared by all criteria to which exactly it applies."""

    number: int
    status: str
    items: list[Item]
    message: Text
    counterexample: Mapping[str, Text]
    can_be_pasted: bool
    pictures: list[Picture]
    as_above: bool
    hint: Text | None
    mistakes: list[Text]
    same_as: int | None = None
    """The finding with the hints of the same mistakes."""
    folded: bool = False
    """Whether its example is folded, since an earlier one is likely to show the same."""
    next: Text | None = None
    word: Text | None = None
    said: str = ""
    """The key of the status in words."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One part, with its findings in the order of its criteria."""

    id: str
    title: Text
    points: float
    max_points: float
    findings: list[Finding] = field(default_factory=list)


def parts_of(
    result: Result, exercise: Exercise | None, words: Mapping[str, Text]
) -> list[PartView]:
    """What a page says about each part of a result.

    Args:
        result: a result, with the points that count.
        exercise: for titles and hints; without it ids are shown.
        words: what the instructor says about single criteria, by id.
    """
    known = {part.id: part for part in exercise.parts} if exercise else {}
    grouped: dict[str, list[CriterionResult]] = {}
    for criterion in result.criteria:
        grouped.setdefault(criterion.part, []).append(criterion)
    page = _Page(exercise, words)
    return [
        PartView(
            id=id,
            title=known[id].title if id in known else Text.same(id),
            points=sum(c.points for c in criteria),
            max_points=sum(c.max_points for c in criteria),
            # What is left to do comes first, otherwise in the exercise's order.
            findings=sorted(page.findings(criteria), key=lambda f: f.status in NOTHING_TO_FIX),
        )
        for id, criteria in grouped.items()
    ]


@dataclass
class _Page:
    """Makes the findings of one page, on which the same advice and hints appear only once.

    Attributes:
        exercise, words: as for `parts_of`.
        room: what is left of the page's size.
        explained: kinds of advice that the page has already.
        diagnosed: the first finding with the hints of these mistakes.
        number: of the next finding.
    """

    exercise: Exercise | None
    words: Mapping[str, Text]
    room: _Room = field(default_factory=_Room)
    explained: set[str] = field(default_factory=set)
    diagnosed: dict[tuple[str, ...], int] = field(default_factory=dict)
    number: int = 0

    def findings(self, criteria: list[CriterionResult]) -> list[Finding]:
        """The findings of one part, in the exercise's order."""
        exercise = self.exercise
        known = {criterion.id: criterion for criterion in exercise.criteria} if exercise else {}
        findings: list[Finding] = []
        shown: list[Counterexample] = []
        # Then their cause is more likely one than what the single criteria are about.
        most_fail = 2 * sum(c.status in WRONG for c in criteria) > len(criteria)
        for alike in _group_alike(criteria, self.words):
            first = alike[0]
            hides = exercise is not None and exercise.reveal_of(first.id) is Reveal.NONE
            example = None if hides else first.counterexample
            key = _next(first, example)
            if key == UNWRITTEN:
                example = None  # the call shows nothing
            as_above = example is not None and example in shown
            if example is not None:
                shown.append(example)
            example = None if as_above else example
            drawn = self.room.drawn(pictures(example)) if example else []
            advice = self._advice(key, first.status)
            same_as = self.diagnosed.get(first.diagnosis)
            is_first = all(finding.status not in WRONG for finding in findings)
            folded = same_as is not None or (most_fail and not is_first and not first.diagnosis)
            mistakes = [] if same_as is not None else mistake_hints(exercise, first.diagnosis)
            hint = None if folded or as_above else _hint(alike, known, key)
            if hint and any(_says(hint, one) for one in mistakes):
                mistakes, hint = [hint], None
            elif hint and any(_says(one, hint) for one in mistakes):
                hint = None
            if mistakes:
                self.diagnosed[first.diagnosis] = self.number
            findings.append(
                Finding(
                    number=self.number,
                    status=first.status,
                    items=[_item(c, known.get(c.id)) for c in alike],
                    message=self.room.text(first.message),
                    counterexample=_example(example, drawn, self.room) if example else {},
                    can_be_pasted=example is not None and can_be_pasted(example.call),
                    pictures=drawn,
                    as_above=as_above,
                    hint=hint,
                    mistakes=mistakes,
                    same_as=same_as,
                    folded=folded,
                    next=advice,
                    word=self.words.get(first.id),
                    said=pages.status_key(first.status, first.message),
                )
            )
            self.number += 1
        return findings

    def _advice(self, key: str, status: Status) -> Text | None:
        """What to try next; None if the page has that already."""
        kind = key.removesuffix("_call")
        if not key or status in NO_ADVICE or kind in self.explained:
            return None
        self.explained.add(kind)
        return pages.text(key)


def _next(criterion: CriterionResult, example: Counterexample | None) -> str:
    """The key of what to try next; "" if the message says it."""
    status = criterion.status
    if _UNWRITTEN.search(criterion.message["en"]):
        return UNWRITTEN
    if status is Status.MISSING and "could not be read. Fix cell" in criterion.message["en"]:
        return ""
    takes_input = example is not None and not example.call.endswith("()")
    if status is Status.FAILED and example and takes_input and can_be_pasted(example.call):
        return "next_failed_call"
    if status is Status.ERROR:
        for key, names in ERRORS.items():
            if re.search(rf"\b(?:{names}):", criterion.message["en"]):
                return key
    return f"next_{status}"


def _group_alike(
    criteria: list[CriterionResult], words: Mapping[str, Text]
) -> Iterator[list[CriterionResult]]:
    """One part's criteria in order, grouped by what there is to say about them.

    The same error in several calls has one cause, and one call is enough to show it.
    """
    groups: dict[object, list[CriterionResult]] = {}
    for criterion in criteria:
        feedback: tuple[object, ...] = (
            criterion.status,
            criterion.message,
            words.get(criterion.id),
            criterion.diagnosis,
        )
        if criterion.status is Status.FAILED:
            feedback = (*feedback, criterion.counterexample)
        groups.setdefault(feedback, []).append(criterion)
    yield from groups.values()


def _example(
    counterexample: Counterexample, drawn: Sequence[Picture], room: _Room
) -> dict[str, Text]:
    """The sides of a counterexample as text, without those that are drawn."""
    kinds = {picture.kind for picture in drawn}
    sides = {
        "call": counterexample.call,
        "expected": counterexample.expected,
        "got": counterexample.got,
    }
    return {
        key: room.text(Text.same(side))
        for key, side in sides.items()
        if side not in NOTHING_TO_SHOW and key not in kinds
    }


def _says(one: Text, other: Text) -> bool:
    """Whether a hint says what another one does, and perhaps more."""
    return other["en"].rstrip(" .?!") in one["en"]


def _hint(
    alike: list[CriterionResult], known: Mapping[str, Criterion], next_key: str
) -> Text | None:
    """The hint of a criterion that fails alone; for several, their common cause is elsewhere.

    A criterion may also fail for something else than what it is about: if all values are wrong,
    it is not the dtype, and a misspelt name or an endless loop says nothing about what it checks.
    Nor does a tuple or None that comes back instead of an array.
    """
    first, criterion = alike[0], known.get(alike[0].id)
    if criterion is None or not criterion.hint or len(alike) > 1:
        return None
    if first.status is not Status.FAILED and next_key != SHAPES:
        return None
    if ABOUT_DTYPES.search(criterion.hint["en"]) and not ABOUT_DTYPES.search(first.message["en"]):
        return None
    if OF_ANOTHER_TYPE.search(first.message["en"]) and not ABOUT_TYPES.search(criterion.hint["en"]):
        return None
    return criterion.hint


def _item(criterion: CriterionResult, known: Criterion | None) -> Item:
    return Item(
        id=criterion.id,
        title=known.title if known else Text.same(criterion.id),
        points=criterion.points,
        max_points=criterion.max_points,
        bonus=known.bonus if known else False,
    )


def shortened(text: Text, limit: int = MAX_LENGTH) -> Text:
    """The beginning of a long text, followed by a note of how much is left out."""
    return Text(
        **{lang: truncated(text[lang], pages.say(lang, "left_out"), limit) for lang in LANGUAGES}
    )
