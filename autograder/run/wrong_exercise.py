"""Notice a notebook of another exercise that has lost its ids and metadata, by what it defines."""

from __future__ import annotations

from autograder.carrying.plan import MentionedNames, aliases
from autograder.course.models import Course, Exercise, Part
from autograder.ingest.parse import Notebook


def other_exercise(course: Course, exercise: Exercise, notebook: Notebook) -> str | None:
    """The last exercise that a notebook is complete for, unless it has any part of ``exercise``.

    Students paste in earlier parts, so the last one is the notebook's own. A notebook that defines
    parts of the exercise that it was submitted for may well be for several.
    """
    names = MentionedNames(source for _, source in notebook.cells)
    if any(names.defines([part.owner]) for part in exercise.parts):
        return None  # most often; aliases take longer
    others = aliases(course)

    def defines(part: Part) -> bool:
        return names.defines((part.owner, *others[part.owner]))

    if any(map(defines, exercise.parts)):
        return None
    complete = [each.id for each in course.exercises if all(map(defines, each.parts))]
    return complete[-1] if complete else None
