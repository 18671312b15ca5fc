"""Find out why a notebook does not define a part: misspelt, or in a cell that failed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence

from autograder.course.models import Part
from autograder.course.names import normalize
from autograder.sandbox.host.session import LoadedNotebook
from autograder.status import Status
from autograder.suite.facts import BrokenCell, MagicCell, Missing
from autograder.suite.naming import Names
from autograder.suite.outcome import Outcome

NO_NAMES = Names()

MIN_SHORT = 4
"""Least length of a name that may be the beginning of another: ``Pool`` of ``Pooling``."""


def missing_outcome(
    part: Part, session: LoadedNotebook, expected: Collection[str] = (), names: Names = NO_NAMES
) -> Outcome | None:
    """The outcome of every criterion of a part that the notebook does not define, or None.

    Args:
        part: a function, or a method of a class.
        session: the loaded notebook.
        expected: the names that the exercise expects, which are not misspellings of one another.
        names: what the notebook calls them.
    """
    defined = session.defined
    owner = names.owner(part.owner)
    if owner not in defined:
        if not defined and not any(_CODE.search(source) for _, source in session.cells):
            return _missing(Missing(part.owner, is_empty=True))
        taken = {*expected, *names.owners.values()}
        similar = _similar(part.owner, sorted(set(defined) - taken))
        broken, magic = _broken(session, part.owner), _in_magic(session, part.owner)
        return _missing(Missing(part.owner, similar, broken=broken, magic=magic))
    members = defined[owner]
    if part.method is None:
        return None
    if members is None:
        return _missing(Missing(part.owner, is_function=True))
    if (
        names.method(part.owner, part.method) in members
        or "__getattr__" in members
        or _assigned(session, part.method)
    ):
        return None  # an object may have attributes that its class does not list
    close = difflib.get_close_matches(part.method, members, n=1, cutoff=0.75)
    similar = f"{owner}.{close[0]}" if close else None
    broken = _broken(session, owner, part.method)
    return _missing(Missing(part.id, similar, broken=broken))


def _missing(fact: Missing) -> Outcome:
    return Outcome(Status.MISSING, fact)


def function_instead_of_class(part: Part, session: LoadedNotebook) -> bool:
    """Whether the notebook defines a function instead of the part's class."""
    return part.method is not None and session.defined.get(part.owner, ()) is None


def _assigned(session: LoadedNotebook, method: str) -> bool:
    """Whether a cell assigns it as an attribute: ``self.forward = self.slow_forward``."""
    # Limit the length of an annotation: a cell of nothing but ``.forward:`` would take hours.
    pattern = re.compile(rf"\.{re.escape(method)}[ \t]*(?::[^=\n]{{0,100}})?=(?!=)")
    return any(pattern.search(source) for _, source in session.cells)


def _similar(wanted: str, names: Sequence[str]) -> str | None:
    """A name that may be a misspelling of what is wanted, or a shorter or longer form of it."""
    lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(wanted.lower(), lower, n=1, cutoff=0.8)
    if close:
        return lower[close[0]]
    form = normalize(wanted)
    for name in names:
        short, long = sorted((form, normalize(name)), key=len)
        if len(short) >= MIN_SHORT and 2 * len(short) >= len(long) and long.startswith(short):
            return name
    return None


def _broken(session: LoadedNotebook, owner: str, method: str | None = None) -> BrokenCell | None:
    """The cell whose error is why a function, a class or its method is not defined.

    Statements run one by one, so an error elsewhere in the cell (a failed import, say) takes no
    definition away. One that has no line has ended the cell.
    """
    sources = dict(session.cells)
    for record in session.records:
        if not record.error:
            continue
        unread = _UNREAD.search(record.error) is not None
        lines = _lines_of(sources.get(record.index, ""), owner, method, to_the_end=unread)
        at = _LINE.match(record.error)
        if lines and (unread or at is None or int(at[1]) in lines):
            return BrokenCell(record.index + 1, record.error)
    return None


_CODE = re.compile(r"^[ \t]*[^\s#]", re.M)
_LINE = re.compile(r"line (\d{1,9}): ")
_UNREAD = re.compile(r"\b(?:Syntax|Indentation|Tab)Error\b")


def _lines_of(source: str, owner: str, method: str | None, *, to_the_end: bool) -> range:
    """The lines, from 1, of a definition that includes the method; none if there is no such one.

    Args:
        source: a cell, which need not be valid Python.
        owner: the function or class.
        method: the class's method; None for any.
        to_the_end: whether indentation says nothing, so that it ends at the next class.
    """
    if not _defines(source, owner):
        return range(0)
    lines = source.split("\n")
    start = next(i for i, line in enumerate(lines) if _defines(line, owner))
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines):
        text = lines[end].lstrip()
        outside = (
            bool(text)
            and not text.startswith(("#", ")"))
            and (len(lines[end]) - len(text) <= indent)
        )
        if text.startswith("class ") if to_the_end else outside:
            break
        end += 1
    if method and not any(_defines(line, method) for line in lines[start + 1 : end]):
        return range(0)
    while start and lines[start - 1].lstrip().startswith("@"):
        start -= 1
    return range(start + 1, end + 1)


_MAGIC = re.compile(r"(?:[ \t]*(?:#.*)?\n)*%%(\w{1,40})")


def _in_magic(session: LoadedNotebook, name: str) -> MagicCell | None:
    """A cell that defines the name below a cell magic."""
    for index, source in session.cells:
        if (magic := _MAGIC.match(source)) and _defines(source, name):
            return MagicCell(index + 1, f"%%{magic[1]}")
    return None


def _defines(source: str, name: str) -> bool:
    return re.search(rf"^[ \t]*(?:class|def)[ \t]+{re.escape(name)}\b", source, re.M) is not None
