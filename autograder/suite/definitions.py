"""Add remarks about a part's definition to its outcomes.

A definition may have been recovered from a cell that does not parse, may still start with the
stub's ``raise``, or may use names that NumPy has removed (see
`autograder.sandbox.host.loaded.Remarks`).
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from autograder.course.models import Part
from autograder.sandbox.guest.stub_modules import has_stub
from autograder.sandbox.host.session import LoadedNotebook
from autograder.status import CellStatus, Status
from autograder.suite.facts import (
    ArgumentChanged,
    BrokenCell,
    Missing,
    NeedsNotWritten,
    NotWritten,
    Raised,
    StillRaises,
)
from autograder.suite.naming import Names
from autograder.suite.outcome import Outcome
from autograder.suite.remarks import InUnfinishedCell, OnlyPieces, RemovedFromNumPy, StarImport


def with_definition(
    outcomes: Mapping[str, Outcome], part: Part, session: LoadedNotebook, names: Names
) -> dict[str, Outcome]:
    """The outcomes of a part's criteria, with remarks on its definition.

    Args:
        outcomes: by criterion id, in order.
        part: the part.
        session: the notebook.
        names: what the notebook calls the parts.
    """
    owner = names.owner(part.owner)
    explained = {id: _still_raises(found, part, session, names) for id, found in outcomes.items()}
    explained = {id: _named_argument(found, session) for id, found in explained.items()}
    if pieces := _pieces(owner, session):
        explained = {
            id: _remarked(found, pieces) if found.status is not Status.PASSED else found
            for id, found in explained.items()
        }
    explained = {id: _star_import(found, session) for id, found in explained.items()}
    explained = {id: _unfinished(found, session) for id, found in explained.items()}
    removed = session.remarks.removed.get(owner)
    if removed and explained:
        # Only once per part: it is advice, not the reason for any outcome.
        first = next(iter(explained))
        explained[first] = _remarked(explained[first], RemovedFromNumPy(removed))
    return explained


_CALLED = re.compile(r"(?P<owner>\w+)\((?:.*\)\.(?P<method>\w+)\()?")
"""The beginning of a call: a function's name, or a class's and its method's."""
_PARAMETERS = r"^{indent}(?:async )?def {name}\(([^()\[\]]{{0,400}})"
_CLASS = r"^[ \t]*class {name}\b"


def _named_argument(found: Outcome, session: LoadedNotebook) -> Outcome:
    """Add what the notebook calls an argument that was changed: what its source says."""
    if not isinstance(found.fact, ArgumentChanged):
        return found
    called = _CALLED.match(found.fact.call)
    if called is None:
        return found
    name = None
    for _, source in session.cells:  # the last definition counts
        if parameters := _parameters(source, called["owner"], called["method"]):
            name = parameters[found.fact.place - 1 :][:1]
    return replace(found, fact=replace(found.fact, name=name[0])) if name else found


def _parameters(source: str, owner: str, method: str | None) -> list[str]:
    """The names of a function's or method's parameters, without ``self``; none if not found."""
    if method:
        definition = re.search(_CLASS.format(name=owner), source, re.M)
        if definition is None:
            return []
        source = source[definition.end() :]
    indent = r"[ \t]+" if method else r"[ \t]*"
    definition = re.search(_PARAMETERS.format(indent=indent, name=method or owner), source, re.M)
    if definition is None:
        return []
    names = [re.match(r"\s*(\w{1,40})", each) for each in definition[1].split(",")]
    return [each[1] if each else "" for each in names][bool(method) :]


MAX_MODULES = 50
"""How many modules are looked for that cells import everything of."""

_STAR = re.compile(r"^[ \t]*from[ \t]+([\w.]{1,80})[ \t]+import[ \t]*\*", re.M)
_UNDEFINED = re.compile(r"name '(\w{1,80})' is not defined")


def _star_import(found: Outcome, session: LoadedNotebook) -> Outcome:
    """Add where an undefined name may have been imported from, in a cell of the notebook."""
    match found.fact:
        case Missing(name=name, similar=None, broken=None, magic=None):
            pass
        case Raised(error=error) if undefined := _UNDEFINED.match(error.message):
            name = undefined[1]
        case _:
            return found
    star = _missing_module(tuple(session.cells))
    if star is None:
        return found
    return replace(found, remarks=(*found.remarks, StarImport(name, *star)))


@lru_cache(maxsize=1)
def _missing_module(cells: tuple[tuple[int, str], ...]) -> tuple[str, int] | None:
    """The first module of which a cell imports everything and which is not there; the cell, from 1.

    Args:
        cells: (index in the notebook, source) of one notebook, which is asked for many times.
    """
    looked_at: set[str] = set()
    for index, source in cells:
        for star in _STAR.finditer(source):
            name = star[1].partition(".")[0]
            if name in looked_at:
                continue
            if len(looked_at) == MAX_MODULES:
                return None
            looked_at.add(name)
            if not _is_there(name):
                return star[1], index + 1
    return None


def _gives_a_value(line: str, name: str) -> bool:
    """Whether a line at a cell's top level seems to give a name its value.

    Nothing here looks at a character many times: the line may be of any length.
    """
    targets, equals, value = line.partition("=")
    targets = targets.partition(":")[0]  # of an annotation
    assigns = equals and not value.startswith("=") and _TARGETS.fullmatch(targets)
    if assigns and name in re.split(r"[, \t]+", targets):
        return True
    word = rf"\b{name}\b"
    if re.match(rf"(?:async )?def {word}|class {word}", line):
        return True
    return bool(_BINDS.match(line) and re.search(word, line.partition("#")[0]))


_TARGETS = re.compile(r"\w[\w, \t]*")
_BINDS = re.compile(r"(?:for|with|import)\b|from [\w.]+ import\b")


def _unfinished(found: Outcome, session: LoadedNotebook) -> Outcome:
    """Add which cell would have defined an undefined name, had it run to its end."""
    if not isinstance(found.fact, Raised) or found.fact.error.type != "NameError":
        return found
    undefined = _UNDEFINED.match(found.fact.error.message)
    if undefined is None:
        return found
    cell = _giving_a_value(tuple(session.cells), undefined[1])
    status = next((each.status for each in session.records if each.index == cell), CellStatus.OK)
    if cell is None or status is CellStatus.OK:
        return found
    remark = InUnfinishedCell(undefined[1], cell + 1, status)
    return replace(found, remarks=(*found.remarks, remark))


@lru_cache(maxsize=8)
def _giving_a_value(cells: tuple[tuple[int, str], ...], name: str) -> int | None:
    """The index of the first cell that seems to give a name its value."""
    for index, source in cells:
        if name not in source:
            continue
        if any(name in line and _gives_a_value(line, name) for line in source.split("\n")):
            return index
    return None


def _is_there(module: str) -> bool:
    """Whether a module exists here; if so, the sandbox decides whether it can be imported."""
    try:
        return importlib.util.find_spec(module) is not None or has_stub(module)
    except (ImportError, ValueError):
        return False


def _remarked(found: Outcome, remark: OnlyPieces | RemovedFromNumPy) -> Outcome:
    return replace(found, remarks=(*found.remarks, remark))


def _pieces(owner: str, session: LoadedNotebook) -> OnlyPieces | None:
    cell = session.remarks.pieces.get(owner)
    error = next((record.error for record in session.records if record.index == cell), None)
    return OnlyPieces(owner, BrokenCell(cell + 1, error)) if cell is not None and error else None


def _still_raises(found: Outcome, part: Part, session: LoadedNotebook, names: Names) -> Outcome:
    match found.fact:
        case NotWritten():
            owner = names.owner(part.owner)
            theirs = f"{owner}.{names.method(part.owner, part.method)}" if part.method else owner
        case NeedsNotWritten(other=theirs):
            pass
        case _:
            return found
    at = session.remarks.leftover_raises.get(theirs)
    if at is None:
        return found
    return replace(found, status=Status.ERROR, fact=StillRaises(theirs, at[0] + 1, at[1]))
