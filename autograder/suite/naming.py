"""The names of one notebook: what it calls the things that the course asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.course.models import Course, Exercise, Part
from autograder.course.names import Defined, method_names, owner_names


@dataclass(frozen=True)
class Names:
    """The course's names → the notebook's.

    Attributes:
        owners: functions and classes that the notebook defines, in whatever spelling.
        methods: for a class (by the course's name), its methods that have another name.
    """

    owners: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def owner(self, name: str) -> str:
        """The notebook's name of a function or class; the course's own if it has none."""
        return self.owners.get(name, name)

    def method(self, owner: str, name: str) -> str:
        """The notebook's name of a method of a class, which is given by the course's name."""
        return self.methods.get(owner, {}).get(name, name)

    def differs(self, part: Part) -> tuple[str, str] | None:
        """(The name asked for, the name found) of a part that the notebook calls otherwise."""
        owner = self.owner(part.owner)
        if owner != part.owner:
            return part.owner, owner
        method = self.method(part.owner, part.method or "")
        return (part.method, method) if part.method and method != part.method else None


def names_in(course: Course, exercise: Exercise, defined: Defined) -> Names:
    """What a notebook calls the parts of an exercise and of those that it builds on or borrows."""
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
