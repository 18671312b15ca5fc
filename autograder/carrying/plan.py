"""Decide which parts may be supplied to code that builds on them. Pure: runs nothing.

The unit of grading and of supplying is a function or a whole class, because a class's methods share
state. A class is never supplied while one of its own methods is graded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from autograder.course.models import Course, Exercise, Part
from autograder.course.names import normalize

MAX_TEXT = 2_000_000
"""Characters of a notebook's cells that are searched for names."""

_WORD = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#[^\n]*")
_ON_SELF = re.compile(r"\bself[ \t]*\.[ \t]*([^\W\d]\w*)[ \t]*\(")
_DEFINITION = re.compile(r"\b(?:class|def)[ \t]+([^\W\d]\w*)")


def _string(q: str) -> str:
    """A pattern for strings in these quotes, whether they are closed or not.

    It matches wherever it begins and never goes back: what a student writes must not make the
    search take longer than one pass.
    """
    long = rf"(?s:(?:[^{q}\\]|\\.?|{q}(?!{q}{q}))*+)"
    return rf"{q}{q}{q}{long}(?:{q}{q}{q})?|{q}(?:[^{q}\\\n]|\\.?)*+{q}?"


_STRINGS_AND_COMMENTS = re.compile("|".join([_string('"'), _string("'"), r"#[^\n]*"]))


@dataclass(frozen=True)
class Dependencies:
    """The functions and classes, by name, that the parts of one function or class build on.

    Attributes:
        direct: those that its parts list in ``builds_on``.
        all: the transitive closure, including everything that these parts list in ``borrows``.
    """

    direct: tuple[str, ...]
    all: tuple[str, ...]


def dependencies(course: Course, exercise: Exercise, owner: str) -> Dependencies:
    """What may be supplied while ``owner`` is graded: in course order, borrowed names last."""
    parts = known_parts(course, exercise)
    direct: set[str] = set()
    found: set[str] = set()
    borrowed: dict[str, None] = {}
    waiting = [owner]
    while waiting:
        current = waiting.pop()
        for part in parts.values():
            if part.owner == current:
                others = {parts[name].owner for name in part.builds_on} - {owner}
                waiting += others - found
                found |= others
                direct |= others if current == owner else set()
                borrowed |= dict.fromkeys(part.borrows)
    order = [*dict.fromkeys(part.owner for part in parts.values()), *borrowed]
    found |= borrowed.keys() - {owner}
    return Dependencies(
        tuple(name for name in order if name in direct),
        tuple(name for name in dict.fromkeys(order) if name in found),
    )


def own_methods(exercise: Exercise, part: Part) -> tuple[str, ...]:
    """The methods of its own class that a part builds on, transitively; never the constructor."""
    parts = {each.id: each for each in exercise.parts if each.owner == part.owner}
    found: dict[str, None] = {}
    waiting = [part.id]
    while waiting:
        for name in parts[waiting.pop()].builds_on:
            if name in parts and name != part.id and name not in found:
                found[name] = None
                waiting.append(name)
    return tuple(name for name in parts if name in found and parts[name].method != "__init__")


def known_parts(course: Course, exercise: Exercise) -> Mapping[str, Part]:
    """The parts of this exercise and of those that it builds on, by id."""
    earlier = [part for each in course.before(exercise) for part in each.parts]
    return {part.id: part for part in (*earlier, *exercise.parts)}


def aliases(course: Course) -> Mapping[str, tuple[str, ...]]:
    """Aliases of each function and class in the course."""
    found: dict[str, dict[str, None]] = {}
    for exercise in course.exercises:
        for part in exercise.parts:
            names = (alias for alias in part.aliases if not alias.startswith("."))
            found.setdefault(part.owner, {}).update(dict.fromkeys(names))
    return {owner: tuple(names) for owner, names in found.items()}


class MentionedNames:
    """The names that a notebook's cells mention, in any spelling.

    Only the beginning of the text is searched if it is longer than anything that a person writes.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = list(sources)
        self._text = _COMMENT.sub("", "\n".join(self._sources)[:MAX_TEXT])

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        """Lines of code without indentation, strings and comments, and how far they are indented.

        A string that one cell leaves open does not reach into the next.
        """
        code = "\n".join(_STRINGS_AND_COMMENTS.sub("", source) for source in self._sources)
        lines = ((line, line.lstrip()) for line in code[:MAX_TEXT].split("\n"))
        return [(len(line) - len(text), text) for line, text in lines if text]

    @cached_property
    def _exact(self) -> set[str]:
        return {word[0] for word in _WORD.finditer(self._text)}

    @cached_property
    def _words(self) -> set[str]:
        return set(map(normalize, self._exact))

    @cached_property
    def _on_self(self) -> set[str]:
        return {normalize(word[1]) for word in _ON_SELF.finditer(self._text)}

    @cached_property
    def _defined(self) -> set[str]:
        return {normalize(word[1]) for word in _DEFINITION.finditer(self._text)}

    def has(self, names: Iterable[str]) -> bool:
        """Whether any of these names occurs anywhere."""
        return any(normalize(name) in self._words for name in names)

    def has_exactly(self, name: str) -> bool:
        """Whether this very name occurs anywhere."""
        return name in self._exact

    def calls_on_self(self, method: str) -> bool:
        """Whether a method of that name is called on ``self`` anywhere."""
        return normalize(method) in self._on_self

    def builds_on(self, own: str, name: str) -> bool:
        """Whether a definition calls another function, or uses another class, of that name.

        ``def conv2d(x): return conv2d_single(x, K)`` is not ``conv2d_single`` under another name,
        and neither is ``class ConvLayer(Convolution)`` a ``Convolution``.
        """
        starts = re.compile(rf"(class|def)[ \t]+{re.escape(own)}\b")
        used = {"class": rf"\b{re.escape(name)}\b", "def": rf"\b{re.escape(name)}[ \t]*\("}
        kind, at = "", 0  # of the definition that a line is in
        for indent, line in self._lines:
            if kind and indent <= at and line[0] not in ")]}":
                kind = ""
            if not kind and (start := starts.match(line)):
                kind, at = start[1], indent
            if kind and re.search(used[kind], line):
                return True
        return False

    def defines(self, names: Iterable[str]) -> bool:
        """Whether a cell would define any of these names if it ran."""
        return any(normalize(name) in self._defined for name in names)
