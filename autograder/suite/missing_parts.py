"""Find out why a notebook does not define a part: misspelt, or in a cell that failed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from autograder.course.models import Part
from autograder.sandbox.host.session import LoadedNotebook
from autograder.status import Status
from autograder.suite.facts import BrokenCell, MagicCell, Missing
from autograder.suite.naming import Names
from autograder.suite.outcome import Outcome

NO_NAMES = Names()


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
        taken = {*expected, *names.owners.values()}
        lower = {name.lower(): name for name in sorted(set(defined) - taken)}
        close = difflib.get_close_matches(part.owner.lower(), lower, n=1, cutoff=0.8)
        similar = lower[close[0]] if close else None
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


def _broken(session: LoadedNotebook, *names: str) -> BrokenCell | None:
    """The failed cell that would have defined all of these names."""
    sources = dict(session.cells)
    for record in session.records:
        if record.error and all(_defines(sources.get(record.index, ""), name) for name in names):
            return BrokenCell(record.index + 1, record.error)
    return None


_MAGIC = re.compile(r"(?:[ \t]*(?:#.*)?\n)*%%(\w{1,40})")


def _in_magic(session: LoadedNotebook, name: str) -> MagicCell | None:
    """A cell that defines the name below a cell magic."""
    for index, source in session.cells:
        if (magic := _MAGIC.match(source)) and _defines(source, name):
            return MagicCell(index + 1, f"%%{magic[1]}")
    return None


def _defines(source: str, name: str) -> bool:
    return re.search(rf"^[ \t]*(?:class|def)[ \t]+{re.escape(name)}\b", source, re.M) is not None
