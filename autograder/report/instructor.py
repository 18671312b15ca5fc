"""The instructor's word on a page: what a correction says to the student."""

from autograder.corrections.apply import Asked, Corrected, Correction
from autograder.messages import pages
from autograder.messages.catalogue import sentences
from autograder.report.markup import number
from autograder.text import Text


def word(correction: Correction | None, before: float, *, whole: bool = False) -> Text | None:
    """What a correction says, in every language; None without one.

    Args:
        correction: the correction.
        before: the points that the grader gave.
        whole: whether it is about the exercise as a whole.
    """
    if correction is None:
        return None
    said = Text()
    if correction.excused:
        said = pages.text("word_excused_all" if whole else "word_excused")
    elif correction.points is not None:
        changed = correction.points != before
        key = ("word_score" if whole else "word_points") if changed else "word_confirmed"
        said = pages.text(key, points=number(correction.points), before=number(before))
    return sentences(said, Text.same(correction.comment))


def answered(asked: Asked) -> Text | None:
    """The instructor's comment on the answer to a question; None without one."""
    if asked.word is None:
        return None
    said = pages.text("word_excused") if asked.word.excused else Text()
    return sentences(said, Text.same(asked.word.comment))


def decision(correction: Correction) -> Text:
    """What a correction says to the instructor who made it."""
    said = Text()
    if correction.excused:
        said = pages.text("excused")
    elif correction.points is not None:
        said = pages.text("decided_points", points=number(correction.points))
    comment = Text.same(correction.comment)
    return (
        pages.text("decision", what=said, comment=comment) if said and comment else said or comment
    )


def words(one: Corrected) -> dict[str, Text]:
    """What the instructor says about single criteria of a result, by id."""
    before = {c.id: c.points for c in one.graded.criteria}
    said = {id: word(correction, before[id]) for id, correction in one.by_criterion.items()}
    said |= {asked.question.id: answered(asked) for asked in one.asked}
    return {id: text for id, text in said.items() if text}
