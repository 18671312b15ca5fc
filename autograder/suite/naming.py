"""What one notebook calls the functions, classes and methods that the course expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.course.models import Course, Exercise, Part
from autograder.course.names import Defined, method_names, owner_names


@dataclass(frozen=True)
class Names:
    """Maps expected names to the notebook's.

    Attributes:
        owners: functions and classes that the notebook defines, under whatever spelling.
        methods: for each class (by its expected name), the methods that have another name.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def owner(self, name: str) -> str:
        """The notebook's name of a function or class, or the expected one if it has none."""
        return self.owners.get(name, name)

    def method(self, owner: str, name: str) -> str:
        """The notebook's name of a method; ``owner`` is the class's expected name."""
        return self.methods.get(owner, {}).get(name, name)

    def differs(self, part: Part) -> tuple[str, str] | None:
        """(expected name, actual name) of a part if the notebook uses another name for it."""
        owner = self.owner(part.owner)
        if owner != part.owner:
            return part.owner, owner
        method = self.method(part.owner, part.method or "")
        return (part.method, method) if part.method and method != part.method else None


def names_in(course: Course, exercise: Exercise, defined: Defined) -> Names:
    """Match a notebook's names with the parts of an exercise, and those it builds on or borrows."""
    earlier = [part for each in course.before(exercise) for part in each.parts]
    parts = [*exercise.parts, *earlier]
    borrowed = {name for part in parts for name in part.borrows} - {part.owner for part in parts}
    parts += [part for each in course.exercises for part in each.parts if part.owner in borrowed]
    owners = owner_names(parts, defined)
    methods = {}
    for owner, name in owners.items():
        members = defined.get(name)
        if members is not None:
            methods[owner] = method_names(parts, owner, members)
    return Names(owners, methods)
